import type { RecordedEvent } from '#contracts';
import { type FeedEvent, isReadable, type Transaction } from '#event-store';
import { projectBootStates } from './boot-states.table.js';
import { projectHosts, projectHostService } from './hosts.table.js';
import { projectJobs, projectTallies } from './jobs.table.js';
import { projectLabelValues } from './label-values.table.js';
import type { Projection } from './projection.js';
import { projectRunGaps } from './run-gaps.table.js';
import { projectRunResults } from './run-results.table.js';
import { projectRuns } from './runs.table.js';
import { reopenStream, streamsAside } from './set-aside.js';

async function fold(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  await projectHosts(tx, events);
  await projectHostService(tx, events);
  await projectBootStates(tx, events);
  await projectLabelValues(tx, events);
  await projectJobs(tx, events);
  await projectRuns(tx, events);
  await projectRunGaps(tx, events);
  await projectRunResults(tx, events);
  await projectTallies(tx, events);
}

/** How many samples' figures are computed for an event. */
function samplesToRead(event: FeedEvent): number {
  if (!isReadable(event)) return 0;
  if (event.type === 'RunCompleted') return event.data.samples;
  return event.type === 'RunRederived' ? event.data.after.samples : 0;
}

/** What the reconciler joins and the API answers from: it must move together. */
export const operational: Projection = {
  name: 'operational',
  // Coordinators of earlier releases take their turns by it.
  checkpoint: 'read-model',
  version: 3,
  tables: [
    ...['hosts', 'host_service', 'jobs', 'runs', 'boot_states', 'label_values'],
    ...['run_results', 'run_gaps', 'set_aside_streams'],
  ],
  fold,
  aside: { ...streamsAside, reopen: reopenStream },
  batchSize: 1_000,
  weightOf: samplesToRead,
  // Five runs of ten million samples, some 15 s.
  mostWeight: 50_000_000,
  // A pass of three events costs about as much as one of fifty, so it waits for company: 150 ms are 15 % more runs/s than none.
  paceMs: 100,
};

import type { RecordedEvent } from '#contracts';
import type { Transaction } from '#event-store';
import { projectBootStates } from './boot-states.table.js';
import { projectHosts } from './hosts.table.js';
import { projectJobs } from './jobs.table.js';
import { projectLabelValues } from './label-values.table.js';
import type { Projection } from './projection.js';
import { projectRunGaps } from './run-gaps.table.js';
import { projectRunResults } from './run-results.table.js';
import { projectRuns } from './runs.table.js';
import { reopenStream, streamsAside } from './set-aside.js';

async function fold(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  await projectHosts(tx, events);
  await projectBootStates(tx, events);
  await projectLabelValues(tx, events);
  await projectJobs(tx, events);
  await projectRuns(tx, events);
  await projectRunGaps(tx, events);
  await projectRunResults(tx, events);
}

/** What the reconciler joins and the API answers from: it must move together. */
export const operational: Projection = {
  name: 'operational',
  // Coordinators of earlier releases take their turns by it.
  checkpoint: 'read-model',
  version: 3,
  tables: [...['hosts', 'jobs', 'runs', 'boot_states', 'label_values', 'run_results', 'run_gaps'], 'set_aside_streams'],
  fold,
  aside: { ...streamsAside, reopen: reopenStream },
  // A pass may take 200 runs of ten million samples each.
  batchSize: 200,
};

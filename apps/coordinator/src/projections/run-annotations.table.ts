import type { Transaction } from '#event-store';
import { heeding, type RecordedOf } from './heeding.js';
import { seldomPace } from './paces.js';
import type { Projection } from './projection.js';

/** A label takes the place of its former value, so that folding an event again, with those after it, changes nothing. */
async function fold(tx: Transaction, events: readonly RecordedOf<'RunAnnotated'>[]): Promise<void> {
  const said = new Map<string, Record<string, string>>();
  for (const { data } of events) {
    if (data.labels === undefined) continue;
    said.set(data.runId, { ...said.get(data.runId), ...data.labels });
  }
  if (said.size === 0) return;
  const labels = [...said.values()].map((one) => JSON.stringify(one));
  await tx.$executeRaw`
    INSERT INTO run_annotations (run_id, labels) SELECT * FROM unnest(${[...said.keys()]}::uuid[], ${labels}::jsonb[])
    ON CONFLICT (run_id) DO UPDATE SET labels = run_annotations.labels || excluded.labels`;
}

/** The labels that people put on runs afterwards, for selectors. Notes stand in the run's stream only. */
export const runAnnotations: Projection = {
  name: 'run_annotations',
  version: 1,
  tables: ['run_annotations'],
  ...heeding(['RunAnnotated'], fold),
  batchSize: 2_000,
  ...seldomPace,
};

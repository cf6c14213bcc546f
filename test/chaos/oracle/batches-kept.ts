import type { Finding } from './finding.js';
import type { BatchKey, StoredEvent } from './rows.js';

/** Each recorded batch has its bytes under its own event id, and no bytes lie there without their event. */
export function batchesKept(events: readonly StoredEvent[], keys: readonly BatchKey[]): Finding[] {
  const kept = new Map(keys.map((key) => [key.eventId, key]));
  const findings: Finding[] = [];
  const wrong = (about: string, says: string): void => void findings.push({ check: 'batches', about, says });
  for (const event of events) {
    if (event.type !== 'CrossingSamplesRecorded') continue;
    const key = kept.get(event.eventId);
    kept.delete(event.eventId);
    const { runId, attempt, batch } = event.data;
    if (key === undefined) wrong(event.stream, `batch ${batch} of attempt ${attempt} has no bytes`);
    else if (key.runId !== runId || key.attempt !== attempt || key.batch !== batch)
      wrong(event.stream, `batch ${batch} of attempt ${attempt} has the bytes of ${JSON.stringify(key)}`);
  }
  for (const { runId, attempt, batch } of kept.values())
    wrong(`run-${runId}`, `bytes of batch ${batch} of attempt ${attempt} lie there without an event`);
  return findings;
}

import type { EventType, RecordedEvent } from '#contracts';

/** Events that make, replace or remove rows in `run_results`. */
export const typesWithNewResults: readonly EventType[] = ['RunCompleted', 'RunRederived'];

/** Runs whose rows in `run_results` these events made, replaced or removed. */
export function runsWithNewResults(events: readonly RecordedEvent[]): string[] {
  const runIds = new Set<string>();
  for (const { type, data } of events) if (type === 'RunCompleted' || type === 'RunRederived') runIds.add(data.runId);
  return [...runIds];
}

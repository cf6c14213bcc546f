import type { RecordedEvent } from '#contracts';
import type { Transaction } from '#event-store';

function labelsOf(event: RecordedEvent): Readonly<Record<string, string>> {
  const labelled = event.type === 'HostRegistered' || event.type === 'HostFactsChanged' || event.type === 'RunStarted';
  return labelled ? event.data.labels : {};
}

/** Every label and value that a host or run ever had, for telling typos from choices that are empty. */
export async function projectLabelValues(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  const pairs = new Map(
    events.flatMap((event) => Object.entries(labelsOf(event)).map((pair) => [pair.join('='), pair])),
  );
  if (pairs.size === 0) return;
  const [keys, values] = [0, 1].map((at) => [...pairs.values()].map((pair) => pair[at] ?? '')) as [string[], string[]];
  await tx.$executeRaw`
    INSERT INTO label_values (key, value) SELECT * FROM unnest(${keys}::text[], ${values}::text[]) ON CONFLICT DO NOTHING`;
}

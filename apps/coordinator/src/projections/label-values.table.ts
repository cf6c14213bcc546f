import { bootFieldsOf, reachedAs, type RecordedEvent } from '#contracts';
import type { Transaction } from '#event-store';

/** What a selector could ask for of this event's host, run or boot state. */
function namesOf({ type, data }: RecordedEvent): Readonly<Record<string, string>> {
  // An annotation has labels too, which no selector reaches.
  const labels = 'labels' in data && type !== 'RunAnnotated' ? (data.labels ?? {}) : {};
  const fields = 'bootState' in data && data.bootState !== undefined ? bootFieldsOf(data.bootState) : {};
  return { ...fields, ...Object.fromEntries(Object.entries(labels).map(([name, value]) => [reachedAs(name), value])) };
}

/** Every label and value that a host or run ever had, for telling typos from choices that are empty. */
export async function projectLabelValues(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  const pairs = new Map(
    events.flatMap((event) => Object.entries(namesOf(event)).map((pair) => [pair.join('='), pair])),
  );
  if (pairs.size === 0) return;
  const [keys, values] = [0, 1].map((at) => [...pairs.values()].map((pair) => pair[at] ?? '')) as [string[], string[]];
  await tx.$executeRaw`
    INSERT INTO label_values (key, value) SELECT * FROM unnest(${keys}::text[], ${values}::text[]) ON CONFLICT DO NOTHING`;
}

import { bootFieldsOf, reachedAs, type RecordedEvent } from '#contracts';
import type { Transaction } from '#event-store';

/** What a selector could ask for of these events' hosts and runs: the labels. */
function labelsOf({ type, data }: RecordedEvent): [name: string, value: string][] {
  // Annotations and jobs have labels too, which are none of a host's.
  if (type === 'RunAnnotated' || type === 'JobLabelled') return [];
  const labels = 'labels' in data ? data.labels : {};
  return Object.entries(labels).map(([name, value]) => [reachedAs(name), value]);
}

/** And of the boot states that they bring, each of them once: of a thousand hosts that register, most are in few. */
function fieldsOf(events: readonly RecordedEvent[]): [name: string, value: string][] {
  const bootStates = events.flatMap(({ data }) =>
    'bootState' in data && data.bootState !== undefined ? [[data.bootStateHash, data.bootState] as const] : [],
  );
  return [...new Map(bootStates).values()].flatMap((bootState) => Object.entries(bootFieldsOf(bootState)));
}

/** Every label and value that a host or run ever had, for telling typos from choices that are empty. */
export async function projectLabelValues(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  const pairs = new Map([...fieldsOf(events), ...events.flatMap(labelsOf)].map((pair) => [pair.join('='), pair]));
  if (pairs.size === 0) return;
  const [keys, values] = [0, 1].map((at) => [...pairs.values()].map((pair) => pair[at] ?? '')) as [string[], string[]];
  await tx.$executeRaw`
    INSERT INTO label_values (key, value) SELECT * FROM unnest(${keys}::text[], ${values}::text[]) ON CONFLICT DO NOTHING`;
}

import { bootFieldsOf, type RecordedEvent } from '#contracts';
import type { Transaction } from '#event-store';

/** Every boot state that a host or a run was seen in, by its hash. The first sighting stands. */
export async function projectBootStates(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  const rows = events.flatMap((event) =>
    'bootState' in event.data && event.data.bootState !== undefined
      ? [
          {
            bootStateHash: event.data.bootStateHash,
            bootState: event.data.bootState,
            firstSeenAt: event.meta.occurredAt,
          },
        ]
      : [],
  );
  // Of a thousand hosts that register, most are in few states.
  const first = new Map(rows.reverse().map((row) => [row.bootStateHash, row]));
  if (first.size === 0) return;
  const data = [...first.values()].map((row) => ({ ...row, fields: bootFieldsOf(row.bootState) }));
  await tx.bootState.createMany({ data, skipDuplicates: true });
}

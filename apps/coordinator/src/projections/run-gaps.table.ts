import type { RecordedEvent } from '#contracts';
import type { Transaction } from '#event-store';

/** What was lost or not believed, of every attempt: a host that loses records does so whether the attempt ended well. */
export async function projectRunGaps(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  const rows = events.flatMap((event) =>
    event.type === 'KernelLogGapObserved'
      ? [{ ...event.data, eventId: event.meta.eventId, recordedAt: event.meta.recordedAt }]
      : [],
  );
  if (rows.length > 0) await tx.runGap.createMany({ data: rows, skipDuplicates: true });
}

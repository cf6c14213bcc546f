import type { EventData, RecordedEvent } from '#contracts';
import { deterministicId, type Transaction } from '#event-store';

/** A later parser's losses take the place of the earlier one's, at the time when the run ended. */
async function replace(tx: Transaction, eventId: string, { runId, attempt, gaps }: EventData<'RunRederived'>) {
  const run = await tx.run.findUnique({ where: { runId }, select: { endedAt: true } });
  const occurredAt = run?.endedAt ?? null;
  if (gaps === null || occurredAt === null) return;
  await tx.runGap.deleteMany({ where: { runId, attempt } });
  await tx.runGap.createMany({
    data: gaps.map((gap, index) => ({
      ...{ ...gap, runId, attempt, occurredAt },
      eventId: deterministicId(eventId, String(index)),
    })),
  });
}

/** What was lost or not believed, of every attempt: a host that loses records does so whether the attempt ended well. */
export async function projectRunGaps(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  const rows = events.flatMap((event) =>
    event.type === 'KernelLogGapObserved'
      ? [{ ...event.data, eventId: event.meta.eventId, occurredAt: event.meta.occurredAt }]
      : [],
  );
  if (rows.length > 0) await tx.runGap.createMany({ data: rows, skipDuplicates: true });
  // After them: of one run, the observed ones come before.
  for (const event of events) if (event.type === 'RunRederived') await replace(tx, event.meta.eventId, event.data);
}

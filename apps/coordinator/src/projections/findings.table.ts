import { eventTypesOf, findingViewSchema, type FindingEvent, type FindingView } from '#contracts';
import type { Transaction } from '#event-store';
import { viewAfter } from '../regressions/finding-view.js';
import { heeding, type RecordedOf } from './heeding.js';
import { seldomPace } from './paces.js';
import type { Projection } from './projection.js';

interface Kept {
  version: number;
  view: FindingView | null;
}

async function kept(tx: Transaction, findingIds: readonly string[]): Promise<Map<string, Kept>> {
  const rows = await tx.finding.findMany({
    where: { findingId: { in: [...findingIds] } },
    select: { findingId: true, streamVersion: true, view: true },
  });
  return new Map(
    rows.map(({ findingId, streamVersion, view }) => [
      findingId,
      { version: streamVersion, view: findingViewSchema.parse(view) },
    ]),
  );
}

/** What a query chooses by, beside the view. */
function rowOf({ version, view }: { version: number; view: FindingView }) {
  const { findingId, state, direction, hosts, generations, confirmation, muted } = view;
  const underWay = confirmation?.figures === null ? confirmation.jobId : null;
  return {
    ...{ findingId, streamVersion: version, state, direction, hosts, generations, view },
    ...{ fromDay: new Date(view.fromDay), toDay: new Date(view.toDay) },
    ...{ askedJobId: underWay, mutedUntil: muted === null ? null : new Date(muted.until) },
  };
}

/** Events that a row stands for already are passed over. */
async function fold(tx: Transaction, own: readonly RecordedOf<FindingEvent['type']>[]): Promise<void> {
  if (own.length === 0) return;
  const rows = await kept(tx, [...new Set(own.map(({ data }) => data.findingId))]);
  const changed = new Set<string>();
  for (const event of own) {
    const { findingId } = event.data;
    const before = rows.get(findingId) ?? { version: 0, view: null };
    if (event.meta.version <= before.version) continue;
    // Its first event is of a later release.
    if (before.view === null && event.type !== 'RegressionSuspected') continue;
    rows.set(findingId, { version: event.meta.version, view: viewAfter(before.view, event) });
    changed.add(findingId);
  }
  const news = [...changed].flatMap((findingId) => {
    const { version = 0, view = null } = rows.get(findingId) ?? {};
    return view === null ? [] : [rowOf({ version, view })];
  });
  await tx.finding.deleteMany({ where: { findingId: { in: [...changed] } } });
  await tx.finding.createMany({ data: news });
}

/** Changes without a known cause, a row each. A finding has a handful of events. */
export const findings: Projection = {
  name: 'findings',
  version: 1,
  tables: ['findings'],
  ...heeding(eventTypesOf('finding'), fold),
  batchSize: 2_000,
  ...seldomPace,
};

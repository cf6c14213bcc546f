import { eventTypesOf, type ScheduleEvent, scheduleViewSchema } from '#contracts';
import type { Transaction } from '#event-store';
import { type ToldSchedule, viewAfter } from '../schedules/schedule-view.js';
import { heeding, type RecordedOf } from './heeding.js';
import { seldomPace } from './paces.js';
import type { Projection } from './projection.js';

const toldSchema = scheduleViewSchema.omit({ nextAt: true });

/** Events that a row stands for already are passed over. */
async function fold(tx: Transaction, own: readonly RecordedOf<ScheduleEvent['type']>[]): Promise<void> {
  const names = [...new Set(own.map(({ data }) => data.name))];
  if (names.length === 0) return;
  const kept = await tx.schedule.findMany({ where: { name: { in: names } } });
  const rows = new Map<string, { version: number; view: ToldSchedule | null }>(
    kept.map(({ name, streamVersion, view }) => [name, { version: streamVersion, view: toldSchema.parse(view) }]),
  );
  const changed = new Set<string>();
  for (const event of own) {
    const { name } = event.data;
    const { version, view } = rows.get(name) ?? { version: 0, view: null };
    if (event.meta.version <= version) continue;
    // Its first event is of a later release.
    if (view === null && event.type !== 'ScheduleSet') continue;
    rows.set(name, { version: event.meta.version, view: viewAfter(view, event) });
    changed.add(name);
  }
  await tx.schedule.deleteMany({ where: { name: { in: [...changed] } } });
  await tx.schedule.createMany({
    data: [...changed].flatMap((name) => {
      const { version = 0, view = null } = rows.get(name) ?? {};
      return view === null ? [] : [{ name, streamVersion: version, state: view.state, view }];
    }),
  });
}

/** Schedules, a row each. */
export const schedules: Projection = {
  name: 'schedules',
  version: 1,
  tables: ['schedules'],
  ...heeding(eventTypesOf('schedule'), fold),
  batchSize: 2_000,
  ...seldomPace,
};

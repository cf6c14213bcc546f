import {
  isEventOf,
  type Page,
  type ScheduleDetail,
  scheduleNameSchema,
  schedulesSchema,
  type SchedulesQuery,
  scheduleStream,
  type ScheduleView,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import { nextTimes } from '#lifecycle';
import { decodeCursor, encodeCursor, toPage } from '../http/cursor.js';
import { notFound } from '../problems/problem.js';
import { databaseNow } from '../reconcile/listening.js';
import { viewFolded } from '../view-folded.js';
import { textOf, type ToldSchedule, viewAfter } from './schedule-view.js';

const isoOf = (ms: number): string => new Date(ms).toISOString();

function nextOf({ name, state, spec }: ToldSchedule, nowMs: number, count: number): string[] {
  return state === 'active' ? nextTimes(name, spec, nowMs, count).map(({ atMs }) => isoOf(atMs)) : [];
}

/** By name. */
export async function listSchedules(db: PrismaClient, query: SchedulesQuery): Promise<Page<ScheduleView>> {
  const [after] = query.cursor === undefined ? [''] : decodeCursor('schedules', [scheduleNameSchema], query.cursor);
  const rows = await db.schedule.findMany({
    where: { name: { gt: after }, state: query.state ?? { not: 'removed' } },
    orderBy: { name: 'asc' },
    take: query.limit + 1,
  });
  const nowMs = await databaseNow(db);
  const page = toPage(
    rows,
    query.limit,
    ({ view }) => {
      const told = view as unknown as ToldSchedule;
      return { ...told, nextAt: nextOf(told, nowMs, 1)[0] ?? null };
    },
    ({ name }) => encodeCursor('schedules', [name]),
  );
  return schedulesSchema.parse(page);
}

const eventsShown = 100;

/**
 * A schedule with its history, from its own stream.
 *
 * @throws ProblemError (404)
 */
export async function findSchedule(db: PrismaClient, name: string): Promise<ScheduleDetail> {
  const found = await viewFolded(db, scheduleStream(name), (events) => {
    const own = events.flatMap((event) => (isEventOf('schedule', event) ? [event] : []));
    const view = own.reduce<ToldSchedule | null>(viewAfter, null);
    const history = own
      .slice(-eventsShown)
      .reverse()
      .map((event) => ({
        ...{ event: event.type, at: event.meta.occurredAt.toISOString(), by: event.meta.actor },
        text: textOf(event),
      }));
    return view === null ? null : { ...view, history };
  });
  if (found === null) throw notFound('schedule', name, 'GET /v1/schedules lists the schedules');
  const next = nextOf(found, await databaseNow(db), 5);
  return { ...found, nextAt: next[0] ?? null, next };
}

import type { ReplayedMessages, ReplayMessages } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { notFound, refused } from '../problems/problem.js';
import { triedForMs } from './next-try.js';

/**
 * Has messages sent again, for another day, under the ids that they had: these, whatever became of them, or all of a route that were
 * given up. One that still waits is tried at once.
 *
 * @throws ProblemError 404 for a route that there is not, 422 for a message that there is not, or whose route is not active
 */
export async function replay(
  db: PrismaClient,
  { messageIds, route }: ReplayMessages,
  by: string,
): Promise<ReplayedMessages> {
  if (route !== undefined && (await db.notificationRoute.findUnique({ where: { name: route } })) === null)
    throw notFound('route', route, 'GET /v1/notification-routes lists the routes');
  const chosen =
    messageIds === undefined
      ? Prisma.sql`n.route = ${route} AND n.state = 'dead'`
      : Prisma.sql`n.message_id = ANY(${messageIds}::uuid[])`;
  const found = await db.$queryRaw<{ messageId: string; route: string; active: boolean; test: boolean }[]>`
    SELECT n.message_id AS "messageId", n.route, coalesce(r.state = 'active', false) AS active, n.status = 'test' AS test
      FROM notifications n LEFT JOIN notification_routes r ON r.name = n.route WHERE ${chosen}`;
  const field = messageIds === undefined ? 'route' : 'messageIds';
  const unknown = messageIds?.find((id) => found.every(({ messageId }) => messageId !== id.toLowerCase()));
  if (unknown !== undefined)
    throw refused({ field, message: `there is no message ${unknown}`, remedy: 'xf notifications log lists them' });
  const closed = found.find(({ active }) => !active);
  if (closed !== undefined)
    throw refused({
      field,
      message: `route ${closed.route} is paused or removed, and nothing is sent there`,
      remedy: `xf notifications resume ${closed.route}`,
    });
  const ids = found.filter(({ test }) => !test).map(({ messageId }) => messageId);
  if (ids.length < found.length && messageIds !== undefined)
    throw refused({ field, message: 'a test is not sent again', remedy: 'ask for another: xf notifications test' });
  const rows = await db.$queryRaw<{ messageId: string }[]>`
    UPDATE notifications
       SET state = 'waiting', next_at = clock_timestamp(), ended_at = NULL, replayed_by = ${by},
           attempts = CASE WHEN state = 'waiting' THEN attempts ELSE 0 END,
           give_up_at = clock_timestamp() + ${triedForMs}::float8 * interval '1 millisecond'
     WHERE message_id = ANY(${ids}::uuid[])
    RETURNING message_id AS "messageId"`;
  return { replayed: rows.map(({ messageId }) => messageId) };
}

import type { PrismaClient } from '#event-store';

/**
 * Drops what waits for a route that was paused or removed, and forgets that it was told: what is still so when the route is resumed is
 * told then. What a route is not told of any more is forgotten, too.
 */
export async function dropMessages(db: PrismaClient): Promise<void> {
  await db.$executeRaw`
    WITH dropped AS (
      UPDATE notifications n
         SET state = 'dropped', next_at = NULL, ended_at = clock_timestamp(),
             last_error = 'the route was ' || coalesce((SELECT r.state FROM notification_routes r WHERE r.name = n.route), 'removed')
       WHERE n.state = 'waiting' AND NOT EXISTS (SELECT FROM notification_routes r WHERE r.name = n.route AND r.state = 'active')
      RETURNING message_id)
    DELETE FROM notification_items WHERE message_id IN (SELECT message_id FROM dropped)`;
  await db.$executeRaw`
    DELETE FROM notification_items i
     WHERE NOT EXISTS (SELECT FROM notification_routes r WHERE r.name = i.route AND r.state <> 'removed' AND r.view -> 'causes' ? i.cause)`;
}

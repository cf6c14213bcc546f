import type { PrismaClient } from '#event-store';

/** Messages that ended are in the log for so long, and can be sent again. */
export const keptForDays = 90;
/** Deleted at once; more wait for the next time. */
const mostAtOnce = 10_000;

/** Deletes messages that ended long ago, but for those that tell of what still is so: the end of it is told with their words. */
export async function forgetMessages(db: PrismaClient): Promise<number> {
  return db.$executeRaw`
    DELETE FROM notifications WHERE message_id IN (
      SELECT message_id FROM notifications n
       WHERE ended_at < clock_timestamp() - ${keptForDays}::integer * interval '1 day'
         AND NOT EXISTS (SELECT FROM notification_items i WHERE i.message_id = n.message_id)
       LIMIT ${mostAtOnce})`;
}

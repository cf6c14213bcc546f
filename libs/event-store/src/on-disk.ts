import type { PrismaClient } from './prisma.js';

/**
 * Returns when all that was committed so far is on disk. `appendMany` flushes its commits together, so for some
 * milliseconds a reader may see what a crash of PostgreSQL would take back, and with it places of the feed that are then
 * given to other events. Whoever tells places to somebody outside PostgreSQL waits for this before; what reads them
 * within it does not need to: its own commit flushes theirs.
 */
export async function onDisk(db: PrismaClient): Promise<void> {
  // A commit that wrote nothing flushes nothing: this writes.
  await db.$queryRaw`SELECT pg_logical_emit_message(true, 'on_disk', '')::text`;
}

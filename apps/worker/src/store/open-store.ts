import { append, AppendConflictError, createPrisma, newId, readStream, WrongExpectedVersionError } from '#event-store';
import type { RunStore } from '../attempt/run-log.js';

/** SQL states that say that the question is wrong, not the moment: data, rights, syntax, missing objects. */
const hopelessSqlStates = /^(22|23|42|XF002)/;

/** The SQL state that Prisma's PostgreSQL adapter hides in the error's metadata. */
function sqlStateOf(error: Error): string | undefined {
  const meta = (error as { meta?: { driverAdapterError?: { cause?: { originalCode?: string } } } }).meta;
  return meta?.driverAdapterError?.cause?.originalCode;
}

export interface OpenStore extends RunStore {
  close(): Promise<void>;
}

/** The event store as this worker uses it. Connects when first used. */
export function openStore(databaseUrl: string, lanes: number): OpenStore {
  // Lanes rarely append in the same instant; a few connections serve many.
  const prisma = createPrisma(databaseUrl, { poolSize: Math.min(lanes + 1, 8), applicationName: 'xf-worker' });
  return {
    read: (stream) => readStream(prisma, stream),
    append: (stream, expectedVersion, events, cause) => append(prisma, stream, expectedVersion, events, cause),
    newId,
    isOvertaken: (error) => error instanceof WrongExpectedVersionError,
    isPermanent: (error) => error instanceof AppendConflictError || hopelessSqlStates.test(sqlStateOf(error) ?? ''),
    close: () => prisma.$disconnect(),
  };
}

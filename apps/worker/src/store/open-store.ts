import {
  append,
  AppendConflictError,
  createPrisma,
  newId,
  readStream,
  sqlError,
  WrongExpectedVersionError,
} from '#event-store';
import type { RunStore } from '../attempt/run-log.js';

/** SQL states that say that the question is wrong, not the moment: data, integrity, rights and missing objects. */
const hopelessSqlStates = /^(22|23|42)/;

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
    isPermanent: (error) => error instanceof AppendConflictError || hopelessSqlStates.test(sqlError(error).code),
    close: () => prisma.$disconnect(),
  };
}

import { ZodError } from 'zod';
import {
  appendingAsWorker,
  AppendConflictError,
  createPrisma,
  hashToken,
  newId,
  newToken,
  observeBootStateAsWorker,
  readingAsWorker,
  sqlError,
  WrongExpectedVersionError,
} from '#event-store';
import type { RunStore } from '../attempt/run-log.js';

/** SQL states that say that the question is wrong, not the moment: data, integrity, rights and missing objects. */
const hopelessSqlStates = /^(22|23|42)/;

export interface OpenStore extends RunStore {
  /** SHA-256, as hex, of the token that this store shows; the worker registers with it. The token stays in here. */
  tokenHash: string;
  /** The worker registers again: the database may be another, which knows none of the boot states. */
  forget(): void;
  close(): Promise<void>;
}

/** The event store as this worker uses it. Connects when first used. `now` is the worker's clock. */
export function openStore(databaseUrl: string, lanes: number, now = () => new Date()): OpenStore {
  // Lanes rarely append in the same instant; a few connections serve many.
  const prisma = createPrisma(databaseUrl, { poolSize: Math.min(lanes + 1, 8), applicationName: 'xf-worker' });
  // Drawn here, so that it never travels: registering again, or twice for a lost answer, leaves it as it is.
  const token = newToken();
  // A host's boot states are few, and each is asked for at each start.
  const observed = new Set<string>();
  return {
    tokenHash: hashToken(token).toString('hex'),
    read: readingAsWorker(prisma, token),
    append: appendingAsWorker(prisma, token, now),
    observe: async (stream, bootState, cause) => {
      if (observed.has(bootState.bootStateHash)) return;
      await observeBootStateAsWorker(prisma, token, stream, bootState, cause);
      observed.add(bootState.bootStateHash);
    },
    forget: () => observed.clear(),
    newId,
    now,
    isOvertaken: (error) => error instanceof WrongExpectedVersionError,
    // Data that do not fit their schema do not fit it at the next try either.
    isPermanent: (error) =>
      error instanceof AppendConflictError || error instanceof ZodError || hopelessSqlStates.test(sqlError(error).code),
    close: () => prisma.$disconnect(),
  };
}

import { setTimeout as pause } from 'node:timers/promises';
import { ZodError } from 'zod';
import { closed } from '#connect';
import { runStream } from '#contracts';
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

/** Raised for a token that is nobody's. */
const refusedSqlState = '42501';
/** A database that does not answer for so long says nothing about the token. */
const patienceMs = 2_000;
const noRun = '00000000-0000-0000-0000-000000000000';
/** SQL states that say that the question is wrong, not the moment: data, integrity, rights and missing objects. */
const hopelessSqlStates = /^(22|23|42)/;

export interface OpenStore extends RunStore {
  /** SHA-256, as hex, of the token that this store shows; the worker registers with it. The token stays in here. */
  tokenHash: string;
  /** The worker registers again: the database may be another, which knows none of the boot states. */
  forget(): void;
  /** Whether the database answers that it knows nothing of this token: then the coordinator, which stored it, has another. */
  isStranger(): Promise<boolean>;
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
  const read = readingAsWorker(prisma, token);
  const append = appendingAsWorker(prisma, token, now);
  return {
    tokenHash: hashToken(token).toString('hex'),
    read,
    append: async (...what) => {
      try {
        return await append(...what);
      } catch (error) {
        // A database that was restored may have lost a boot state that we saw stored; then a start that names it is refused.
        observed.clear();
        throw error;
      }
    },
    observe: async (stream, bootState, cause) => {
      if (observed.has(bootState.bootStateHash)) return;
      await observeBootStateAsWorker(prisma, token, stream, bootState, cause);
      observed.add(bootState.bootStateHash);
    },
    forget: () => observed.clear(),
    isStranger: async () => {
      const asked = read(runStream(noRun)).then(
        () => false,
        (error: unknown) => sqlError(error).code === refusedSqlState,
      );
      // One that does not answer is waited for by whoever has something to store.
      return Promise.race([asked, pause(patienceMs, false, { ref: false })]);
    },
    newId,
    now,
    isOvertaken: (error) => error instanceof WrongExpectedVersionError,
    // Data that do not fit their schema do not fit it at the next try either.
    isPermanent: (error) =>
      error instanceof AppendConflictError || error instanceof ZodError || hopelessSqlStates.test(sqlError(error).code),
    close: () => closed(prisma.$disconnect()),
  };
}

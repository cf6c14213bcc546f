import * as z from 'zod';
import { projectionViewSchema } from '#contracts';
import type { HoldingSession } from '#event-store';

export const checkSchema = z.object({
  status: z.enum(['up', 'down']),
  latencyMs: z.number(),
  /** Present when down. */
  detail: z.string().optional(),
  remedy: z.string().optional(),
});
export type Check = z.infer<typeof checkSchema>;

/** A session that holds others up. */
const holderSchema = z.object({
  /** Null for a prepared transaction, which the application's name tells; end it with ROLLBACK PREPARED. */
  pid: z.int().nullable(),
  login: z.string(),
  application: z.string(),
  database: z.string().nullable(),
  /** When its transaction began; for a lock that it keeps beyond transactions, when the session began. */
  since: z.iso.datetime(),
  /** A worker's or reader's session is ended after 10 s; any other you must end: SELECT pg_terminate_backend(pid). */
  endedAutomatically: z.boolean(),
});

export const readinessSchema = z.object({
  status: z.enum(['up', 'down']),
  /** Hosts whose worker was heard within a minute, by the contract version that it speaks: whom to upgrade. Null without PostgreSQL. */
  hostsByContractVersion: z.record(z.string(), z.int()).nullable(),
  checks: z.object({
    postgres: checkSchema.extend({
      /** Sessions that have held locks for more than 5 s while others wait for them, the longest first; 20 at most. */
      blockedBy: z.array(holderSchema.extend({ blocks: z.int() })),
    }),
    queue: checkSchema,
    projection: checkSchema.extend({
      lagEvents: z.int().nullable(),
      /** Each projection; `lagEvents` above is that of `operational`, and it alone decides. Null when it could not be asked. */
      projections: z.array(projectionViewSchema).nullable(),
      /** Streams that it goes on without; `xf admin set-aside` lists them. */
      setAsideStreams: z.int().nullable(),
      /** Sessions whose transaction has held the feed back for more than 5 s, the longest first; 20 at most. */
      heldBackBy: z.array(holderSchema),
    }),
  }),
});
export type HolderView = z.infer<typeof holderSchema>;
export type Readiness = z.infer<typeof readinessSchema>;

/** A check that takes longer counts as down: a supervisor must get its answer. */
const patienceMs = 2_000;

/** What failed, without what may hold a password: connection errors name hosts and users only. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split('\n').filter(Boolean).at(-1)?.slice(0, 300) ?? 'unknown error';
}

/** Runs one check; a rejection or a timeout is the answer `down`. */
export async function check(what: () => Promise<void>, remedy: string, timeoutMs = patienceMs): Promise<Check> {
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  const latencyMs = (): number => Math.round((performance.now() - startedAt) * 10) / 10;
  try {
    await Promise.race([what(), late]);
    return { status: 'up', latencyMs: latencyMs() };
  } catch (error) {
    return { status: 'down', latencyMs: latencyMs(), detail: messageOf(error), remedy };
  } finally {
    clearTimeout(timer);
  }
}

/** One pass of the projection may take 60 s; an event that waits longer than this says that it stands still. */
const standstillMs = 90_000;

/** @throws Error when the oldest event that the read model has not taken in waits for too long. */
export function refuseStandstill(
  { events, oldestMs }: { events: number; oldestMs: number },
  [holder]: readonly HolderView[] = [],
): void {
  if (oldestMs <= standstillMs) return;
  const why = holder
    ? `; held back by session ${holder.pid ?? 'none'} of ${holder.login} (${holder.application}) since ${holder.since}`
    : '';
  throw new Error(`${events} events wait for the projection, the oldest for ${Math.round(oldestMs / 1000)} s${why}`);
}

const namedAtMost = 20;

function viewOf({ pid, login, application, database, since, endable }: HoldingSession): HolderView {
  return { pid, login, application, database, since: since.toISOString(), endedAutomatically: endable };
}

/** Whom the health names of those who hold the feed back. */
export function heldBackBy(holders: readonly HoldingSession[]): HolderView[] {
  return holders
    .filter(({ horizonMs }) => horizonMs !== null)
    .slice(0, namedAtMost)
    .map(viewOf);
}

/** Whom it names of those for whose locks others wait, and how many. */
export function blockedBy(holders: readonly HoldingSession[]): (HolderView & { blocks: number })[] {
  return holders
    .filter(({ blocks }) => blocks > 0)
    .slice(0, namedAtMost)
    .map((holder) => ({ ...viewOf(holder), blocks: holder.blocks }));
}

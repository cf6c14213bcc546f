import type { Look, Looks } from '#contracts';
import { newId, Prisma, type PrismaClient } from '#event-store';

/** A look that is under way belongs to its holder so long after it was last renewed. */
const heldForMs = 60_000;

interface LookRow {
  lookId: string;
  by: string;
  since: Date;
  askedAt: Date;
  held: boolean;
  endedAt: Date | null;
  series: number | null;
  tooShort: number | null;
  found: number | null;
  newFindings: number | null;
  failure: string | null;
}

const columns = Prisma.sql`look_id AS "lookId", asked_by AS by, since, asked_at AS "askedAt", holder IS NOT NULL AS held, ended_at AS "endedAt",
  series, too_short AS "tooShort", found, new_findings AS "newFindings", failure`;

function viewOf({ held, since, askedAt, endedAt, ...row }: LookRow): Look {
  const ended = row.failure === null ? 'done' : 'failed';
  return {
    ...{ ...row, since: since.toISOString(), askedAt: askedAt.toISOString() },
    ...{ endedAt: endedAt?.toISOString() ?? null, state: endedAt !== null ? ended : held ? 'running' : 'asked' },
  };
}

/** The look that was asked for last, and when the next is due where the fleet looks every so often. */
export async function latestLook(db: PrismaClient, everyMs: number | null): Promise<Looks> {
  const [row] = await db.$queryRaw<LookRow[]>`
    SELECT ${columns} FROM regression_looks ORDER BY asked_at DESC LIMIT 1`;
  const latest = row === undefined ? null : viewOf(row);
  if (everyMs === null) return { latest, nextAt: null };
  const next = row === undefined ? Date.now() : row.askedAt.getTime() + everyMs;
  return { latest, nextAt: new Date(Math.max(next, Date.now())).toISOString() };
}

/** Asks for a look, unless one waits or is under way: then that one will do. */
export async function askForLook(db: PrismaClient, by: string, sinceMs: number): Promise<void> {
  await db.$executeRaw`
    INSERT INTO regression_looks (look_id, asked_by, asked_at, since)
    VALUES (${newId()}::uuid, ${by}, clock_timestamp(), ${new Date(sinceMs)}) ON CONFLICT DO NOTHING`;
}

/** A look at a fleet that has no days yet does not keep the next one waiting for a day. */
const againMs = 600_000;

/**
 * Whether a look is due: there is a segment of some days, and the latest look is so long ago. By PostgreSQL's clock, which all
 * coordinators share.
 *
 * @returns `first`: none has seen anything so far
 */
export async function lookIsDue(db: PrismaClient, everyMs: number): Promise<'due' | 'first' | null> {
  const saw = Prisma.sql`series > too_short`;
  const [row] = await db.$queryRaw<{ due: boolean; first: boolean }[]>`
    SELECT EXISTS (SELECT FROM segments WHERE last_ended_at > first_ended_at + interval '96 hours')
           AND NOT EXISTS (SELECT FROM regression_looks
                            WHERE asked_at > clock_timestamp() - interval '1 millisecond' *
                                  CASE WHEN ${saw} THEN ${everyMs}::float8 ELSE least(${everyMs}::float8, ${againMs}::float8) END) AS due,
           NOT EXISTS (SELECT FROM regression_looks WHERE ${saw}) AS first`;
  return row?.due !== true ? null : row.first ? 'first' : 'due';
}

/** Whether a look was asked for that has not ended. */
export async function lookWaits(db: PrismaClient): Promise<boolean> {
  const [row] = await db.$queryRaw<{ waits: boolean }[]>`
    SELECT EXISTS (SELECT FROM regression_looks WHERE ended_at IS NULL) AS waits`;
  return row?.waits === true;
}

/** Takes the look that waits, or one whose holder was not heard of any more; null where there is none. */
export async function claimLook(
  db: PrismaClient,
  holder: string,
): Promise<{ lookId: string; by: string; sinceMs: number } | null> {
  const [row] = await db.$queryRaw<{ lookId: string; by: string; since: Date }[]>`
    UPDATE regression_looks
       SET holder = ${holder}::uuid, held_until = clock_timestamp() + ${heldForMs}::float8 * interval '1 millisecond'
     WHERE look_id = (SELECT look_id FROM regression_looks
                       WHERE ended_at IS NULL AND (holder IS NULL OR holder = ${holder}::uuid OR held_until < clock_timestamp())
                       FOR UPDATE SKIP LOCKED LIMIT 1)
    RETURNING look_id AS "lookId", asked_by AS by, since`;
  return row === undefined ? null : { lookId: row.lookId, by: row.by, sinceMs: row.since.getTime() };
}

/** Another coordinator has taken the look. */
export class LookLostError extends Error {
  override readonly name = 'LookLostError';
}

/** @throws LookLostError */
export async function renewLook(db: PrismaClient, lookId: string, holder: string): Promise<void> {
  const renewed = await db.$executeRaw`
    UPDATE regression_looks SET held_until = clock_timestamp() + ${heldForMs}::float8 * interval '1 millisecond'
     WHERE look_id = ${lookId}::uuid AND holder = ${holder}::uuid AND ended_at IS NULL`;
  if (renewed === 0) throw new LookLostError(`look ${lookId} is another coordinator's now`);
}

export type LookTally = Pick<Look, 'series' | 'tooShort' | 'found' | 'newFindings'>;

export async function endLook(
  db: PrismaClient,
  lookId: string,
  holder: string,
  { series, tooShort, found, newFindings }: LookTally,
): Promise<void> {
  await db.$executeRaw`
    UPDATE regression_looks SET ended_at = clock_timestamp(), series = ${series}, too_short = ${tooShort}, found = ${found},
           new_findings = ${newFindings}
     WHERE look_id = ${lookId}::uuid AND holder = ${holder}::uuid AND ended_at IS NULL`;
}

/** A look that failed is not tried again: the next one finds what it would have found. */
export async function failLook(db: PrismaClient, lookId: string, holder: string, failure: string): Promise<void> {
  await db.$executeRaw`
    UPDATE regression_looks SET ended_at = clock_timestamp(), failure = ${failure.slice(0, 1_000)}
     WHERE look_id = ${lookId}::uuid AND holder = ${holder}::uuid AND ended_at IS NULL`;
}

import * as z from 'zod';
import { uuidSchema } from '#contracts';
import { parserVersion } from '#dmesg';
import { Prisma, type PrismaClient } from '#event-store';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { microsecondsOf, microsecondsSchema, timeOf } from '../database/microseconds.js';

/** Place in the order in which outdated runs are gone through: by parser, then by their end, so that hours stay together. */
export interface OutdatedPlace {
  parserVersion: number;
  endedUs: string;
  runId: string;
}

const listing = 'outdated-runs';
const firstRunId = '00000000-0000-0000-0000-000000000000';

export const startOf = (sinceMs: number): OutdatedPlace => ({
  parserVersion: 0,
  endedUs: String(Math.max(0, sinceMs) * 1_000),
  runId: firstRunId,
});

export function placeCursor({ parserVersion, endedUs, runId }: OutdatedPlace): string {
  return encodeCursor(listing, [parserVersion, endedUs, runId]);
}

/** @throws ProblemError (400) */
export function placeOf(cursor: string): OutdatedPlace {
  const [version, endedUs, runId] = decodeCursor(listing, [z.int(), microsecondsSchema, uuidSchema], cursor);
  return { parserVersion: version, endedUs, runId };
}

/** Exactly the rows of the index runs_by_parser, of parsers before this release's. */
const outdated = Prisma.sql`(state = 'completed' OR failure ->> 'code' IN ('samples-inconsistent', 'samples-unreadable'))
  AND parser_version < ${parserVersion}::integer`;

function behind({ parserVersion, endedUs, runId }: OutdatedPlace, sinceMs: number): Prisma.Sql {
  return Prisma.sql`${outdated} AND ended_at >= ${timeOf(startOf(sinceMs).endedUs)}
    AND (parser_version, ended_at, run_id) > (${parserVersion}::integer, ${timeOf(endedUs)}, ${runId}::uuid)`;
}

/** How many runs that could be read again an older parser read. */
export async function countOutdated(db: PrismaClient): Promise<number> {
  const [row] = await db.$queryRaw<{ runs: number }[]>`SELECT count(*)::integer AS runs FROM runs WHERE ${outdated}`;
  return row?.runs ?? 0;
}

/** How many of them lie behind a place and ended at `sinceMs` (milliseconds since 1970) or later. */
export async function countBehind(db: PrismaClient, place: OutdatedPlace, sinceMs: number): Promise<number> {
  const [row] = await db.$queryRaw<{ runs: number }[]>`
    SELECT count(*)::integer AS runs FROM runs WHERE ${behind(place, sinceMs)}`;
  return row?.runs ?? 0;
}

export function outdatedBehind(
  db: PrismaClient,
  place: OutdatedPlace,
  sinceMs: number,
  limit: number,
): Promise<OutdatedPlace[]> {
  return db.$queryRaw<OutdatedPlace[]>`
    SELECT parser_version AS "parserVersion", ${microsecondsOf(Prisma.sql`ended_at`)} AS "endedUs", run_id AS "runId"
      FROM runs WHERE ${behind(place, sinceMs)} ORDER BY runs.parser_version, runs.ended_at, runs.run_id LIMIT ${limit}`;
}

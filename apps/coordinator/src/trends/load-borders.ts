import type { Labels } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { type Facts, factsOf } from '../compare/facts.js';
import { type Border, bordersOf, byLine, type Line, overlap, type Stretch, stretchesOfDays } from './borders.js';

/** The stretches of lines whose boot states overlap, by their days. */
async function byDays(db: PrismaClient, lines: readonly (readonly [Line, ...Line[]])[]): Promise<Stretch[]> {
  if (lines.length === 0) return [];
  const of = (name: keyof Line): string[] => lines.map(([line]) => line[name]);
  const rows = await db.$queryRaw<(Line & { bootStateHash: string; dayMs: number })[]>`
    SELECT DISTINCT d.host_id AS "hostId", d.executor, d.provenance, d.boot_state_hash AS "bootStateHash",
           extract(epoch FROM d.day)::float8 * 1000 AS "dayMs"
      FROM unnest(${of('hostId')}::text[], ${of('executor')}::text[], ${of('provenance')}::text[]) AS line (host_id, executor, provenance)
      JOIN daily_series d USING (host_id, executor, provenance)`;
  return [...byLine(rows).values()].flatMap((own) => (own[0] === undefined ? [] : stretchesOfDays(own[0], own)));
}

/**
 * Every border of the lines that a condition on `segments s` chooses, whatever it says of a single segment: the other segments of the
 * same hosts count too.
 */
export async function loadBorders(db: PrismaClient, chosen: Prisma.Sql): Promise<Border[]> {
  const stretches = await db.$queryRaw<Stretch[]>`
    WITH lines AS (SELECT DISTINCT s.host_id, s.executor, s.provenance FROM segments s JOIN boot_states b USING (boot_state_hash) WHERE ${chosen})
    SELECT host_id AS "hostId", executor, provenance, boot_state_hash AS "bootStateHash",
           extract(epoch FROM first_ended_at)::float8 * 1000 AS "firstMs", extract(epoch FROM last_ended_at)::float8 * 1000 AS "lastMs"
      FROM segments JOIN lines USING (host_id, executor, provenance)`;
  const lines = [...byLine(stretches).values()].filter((line): line is [Stretch, ...Stretch[]] => line.length > 1);
  const unclear = lines.filter(overlap);
  const told = await byDays(db, unclear);
  return [...lines.filter((line) => !overlap(line)), ...byLine(told).values()].flatMap(bordersOf);
}

/** What is known of each boot state, by its hash. */
export async function loadFacts(db: PrismaClient, hashes: readonly string[]): Promise<Map<string, Facts>> {
  const rows = await db.$queryRaw<
    { hash: string; labels: Labels | null; fields: Labels; command_line: string | null }[]
  >`
    SELECT DISTINCT ON (b.boot_state_hash) b.boot_state_hash AS hash, s.labels, b.fields,
           b.boot_state ->> 'kernelCommandLine' AS command_line
      FROM boot_states b LEFT JOIN segments s USING (boot_state_hash)
     WHERE b.boot_state_hash = ANY(${[...hashes]}::text[]) ORDER BY b.boot_state_hash, s.last_ended_at DESC`;
  return new Map(rows.map(({ hash, ...row }) => [hash, factsOf(row)]));
}

import type { Labels } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { commandLineThatMatters } from '../compare/command-line.js';
import { type Facts, factsOf, labelNames } from '../compare/facts.js';
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

/** Of each boot state the labels of the newest segment under it; null where it has none. */
const labelled = (hashes: readonly string[]): Prisma.Sql => Prisma.sql`
  boot_states b LEFT JOIN (
    SELECT DISTINCT ON (boot_state_hash) boot_state_hash, labels FROM segments WHERE boot_state_hash = ANY(${[...hashes]}::text[])
     ORDER BY boot_state_hash, last_ended_at DESC) s USING (boot_state_hash)
  WHERE b.boot_state_hash = ANY(${[...hashes]}::text[])`;

/**
 * What is known of each boot state, by its hash. Those that agree are one object and are read once: ten thousand hosts have as many boot
 * states of a few kinds, and their texts are a kilobyte each.
 */
export async function loadFacts(db: PrismaClient, hashes: readonly string[]): Promise<Map<string, Facts>> {
  const labels = labelNames.map((name) => Prisma.sql`coalesce(s.labels ->> ${name}::text, chr(30))`);
  const rows = await db.$queryRaw<{ hash: string; digest: string; command_line: string | null }[]>`
    SELECT b.boot_state_hash AS hash, b.boot_state ->> 'kernelCommandLine' AS command_line,
           md5(concat_ws(chr(31), (b.fields - 'command-line')::text, ${Prisma.join(labels)})) AS digest
      FROM ${labelled(hashes)}`;
  const examples = [...new Map(rows.map(({ digest, hash }) => [digest, hash])).values()];
  const contents = await db.$queryRaw<{ hash: string; labels: Labels | null; fields: Labels }[]>`
    SELECT b.boot_state_hash AS hash, s.labels, b.fields FROM ${labelled(examples)}`;
  const digests = new Map(rows.map(({ hash, digest }) => [hash, digest]));
  const byDigest = new Map(contents.map((content) => [digests.get(content.hash), content]));
  const distinct = new Map<string, Facts>();
  return new Map(
    rows.map(({ hash, digest, command_line }) => {
      const line = command_line === null ? null : commandLineThatMatters(command_line);
      const key = JSON.stringify([digest, line]);
      const { labels: own = null, fields = {} } = byDigest.get(digest) ?? {};
      const facts = distinct.get(key) ?? factsOf({ labels: own, fields, command_line });
      distinct.set(key, facts);
      return [hash, facts];
    }),
  );
}

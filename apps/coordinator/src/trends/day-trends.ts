import {
  type ExecutorName,
  parseRunSelector,
  type Provenance,
  runTermNames,
  type TrendPoint,
  type Trends,
  type TrendsQuery,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { z } from 'zod';
import { calibrationError } from '../compare/side.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { refused } from '../problems/problem.js';
import { fieldValue } from '../selectors/field-value.js';
import { subjectFilter } from '../selectors/subject-filter.js';
import { bootChanges } from './boot-changes.js';

/** Points of one reply, the newest: 50 series of five years are 91,000. */
export const mostPoints = 100_000;

const moment = (ms: number): Prisma.Sql => Prisma.sql`${new Date(ms).toISOString()}::timestamptz`;

interface Group {
  key: string;
  values: (string | null)[];
  executor: ExecutorName;
  provenance: Provenance;
}

interface PointRow {
  key: string;
  executor: string;
  provenance: string;
  day: Date;
  hosts: number;
  runs: number;
  ns: [number, number, number] | null;
  cycles: [number, number, number];
  oneClock: boolean;
}

/** The span that both the query and its selector leave. */
export function spanOf({ selector, sinceMs, untilMs }: TrendsQuery): { sinceMs: number; untilMs: number } {
  const own = parseRunSelector(selector, Date.now());
  return { sinceMs: Math.max(sinceMs, own.sinceMs ?? sinceMs), untilMs: Math.min(untilMs, own.untilMs ?? untilMs) };
}

/**
 * The segments `s` (with their boot states `b`) that a query chooses.
 *
 * @throws ProblemError (422) for a term that only single runs have
 */
function chosenSegments(query: TrendsQuery): Prisma.Sql {
  const { terms } = parseRunSelector(query.selector, Date.now());
  const ofRuns = terms.find(
    ({ key }) => key !== 'executor' && (runTermNames.includes(key) || key.startsWith('annotation.')),
  );
  if (ofRuns !== undefined) {
    throw refused({
      field: 'selector',
      message: `${ofRuns.key} chooses single runs, and days are kept of all runs of a host and boot state`,
      remedy: `leave ${ofRuns.key} out, or ask for single runs: resolution=run`,
    });
  }
  const { sinceMs, untilMs } = spanOf(query);
  const executors = terms.flatMap((term) =>
    term.key === 'executor' && 'values' in term
      ? [Prisma.sql`(s.executor = ANY(${[...term.values]}::text[])) = ${term.op === 'in'}`]
      : [],
  );
  const hosts = subjectFilter(
    terms.filter(({ key }) => key !== 'executor'),
    Prisma.sql`s.labels`,
    Prisma.sql`s.boot_state_hash`,
  );
  const inSpan = Prisma.sql`s.last_ended_at >= ${moment(sinceMs)} AND s.first_ended_at < ${moment(untilMs)}`;
  return Prisma.join([hosts, ...executors, inSpan], ' AND ');
}

const keyOf = (by: readonly string[]): Prisma.Sql =>
  Prisma.sql`jsonb_build_array(${Prisma.join(
    by.map((name) => fieldValue(name, Prisma.sql`s.labels`, Prisma.sql`b.fields`)),
  )})::text`;

const segments = Prisma.raw('segments s JOIN boot_states b USING (boot_state_hash)');

async function groupsOf(db: PrismaClient, { by, limit, cursor }: TrendsQuery, chosen: Prisma.Sql): Promise<Group[]> {
  const after = cursor === undefined ? null : decodeCursor('trends', [z.string(), z.string(), z.string()], cursor);
  const further =
    after === null
      ? Prisma.empty
      : Prisma.sql`WHERE (key COLLATE "C", executor COLLATE "C", provenance COLLATE "C") > (${Prisma.join(after)})`;
  const rows = await db.$queryRaw<Omit<Group, 'values'>[]>`
    SELECT key, executor, provenance FROM (SELECT DISTINCT ${keyOf(by)} AS key, s.executor, s.provenance FROM ${segments} WHERE ${chosen}) AS found
     ${further} ORDER BY key COLLATE "C", executor COLLATE "C", provenance COLLATE "C" LIMIT ${limit + 1}`;
  return rows.map((row) => ({ ...row, values: JSON.parse(row.key) as (string | null)[] }));
}

/**
 * A point a day and group. A host gives the mean of its day's boot states (mostly one; a sorted aggregate of
 * each host and day would take a minute for a year of 5,000 hosts), and the group the quartiles over its hosts, each of which
 * weighs the same; of a single host the quartiles are those of its runs. Measured by `npm run bench:trends`.
 */
function pointsOf(
  db: PrismaClient,
  query: TrendsQuery,
  chosen: Prisma.Sql,
  groups: readonly Group[] | 'all',
): Promise<PointRow[]> {
  const { probe, metric, by } = query;
  const { sinceMs, untilMs } = spanOf(query);
  // Where every group is asked for the planner is not told again: it would take them for few and look each host up by itself.
  const of = (name: 'key' | 'executor' | 'provenance'): string[] =>
    groups === 'all' ? [] : groups.map((group) => group[name]);
  const asked =
    groups === 'all'
      ? Prisma.empty
      : Prisma.sql`JOIN unnest(${of('key')}::text[], ${of('executor')}::text[], ${of('provenance')}::text[]) AS asked (key, executor, provenance) USING (key, executor, provenance)`;
  const quartiles = Prisma.raw('ARRAY[0.25, 0.5, 0.75]::float8[]');
  const day = (ms: number): Prisma.Sql => Prisma.sql`date_trunc('day', ${moment(ms)}, 'UTC')`;
  return db.$queryRaw<PointRow[]>`
    WITH picked AS (
      SELECT found.key, found.host_id, found.executor, found.provenance, found.boot_state_hash
        FROM (SELECT ${keyOf(by)} AS key, s.* FROM ${segments} WHERE ${chosen}) AS found ${asked}
    ), hosts AS (
      SELECT p.key, p.executor, p.provenance, d.day, p.host_id, sum(d.runs) AS runs,
             CASE WHEN count(*) = count(d.p50_ns) THEN avg(d.p50_ns) END AS ns, avg(d.p50_cycles) AS cycles,
             min(d.q1_ns) AS q1_ns, max(d.q3_ns) AS q3_ns, min(d.q1_cycles) AS q1_cycles, max(d.q3_cycles) AS q3_cycles,
             min(d.p50_cycles / d.p50_ns) AS slowest, max(d.p50_cycles / d.p50_ns) AS fastest
        FROM picked p JOIN daily_series d USING (host_id, executor, provenance, boot_state_hash)
       WHERE d.probe = ${probe} AND d.metric = ${metric} AND d.day >= ${day(sinceMs)} AND d.day < ${moment(untilMs)}
       GROUP BY p.key, p.executor, p.provenance, d.day, p.host_id
    )
    SELECT key, executor, provenance, day, count(*)::integer AS hosts, sum(runs)::integer AS runs,
           CASE WHEN count(*) > count(ns) THEN NULL
                WHEN count(*) = 1 THEN ARRAY[min(q1_ns), min(ns), max(q3_ns)]
                ELSE percentile_cont(${quartiles}) WITHIN GROUP (ORDER BY ns) END AS ns,
           CASE WHEN count(*) = 1 THEN ARRAY[min(q1_cycles), min(cycles), max(q3_cycles)]
                ELSE percentile_cont(${quartiles}) WITHIN GROUP (ORDER BY cycles) END AS cycles,
           CASE WHEN count(*) = 1 THEN coalesce(max(fastest) <= min(slowest) * ${1 + calibrationError}::float8, true)
                ELSE count(*) = count(ns) AND max(fastest) <= min(slowest) * ${1 + calibrationError}::float8 END AS "oneClock"
      FROM hosts GROUP BY key, executor, provenance, day
     ORDER BY day DESC, key COLLATE "C", executor, provenance LIMIT ${mostPoints + 1}`;
}

const bandOf = (three: [number, number, number] | null): TrendPoint['ns'] =>
  three === null ? null : { q1: three[0], p50: three[1], q3: three[2] };

function pointOf({ day, hosts, runs, ns, cycles, oneClock }: PointRow): TrendPoint {
  return { at: day.toISOString(), hosts, runs, ns: bandOf(ns), cycles: oneClock ? bandOf(cycles) : null, runId: null };
}

export type TrendParts = Pick<Trends, 'series' | 'changes' | 'cut' | 'nextCursor'>;

/** @throws ProblemError (422) for a term that only single runs have; (400) for a cursor of another listing */
export async function dayTrends(db: PrismaClient, query: TrendsQuery): Promise<TrendParts> {
  const chosen = chosenSegments(query);
  const found = await groupsOf(db, query, chosen);
  const groups = found.slice(0, query.limit);
  const wholly = query.cursor === undefined && found.length === groups.length;
  const rows = groups.length === 0 ? [] : await pointsOf(db, query, chosen, wholly ? 'all' : groups);
  const bySeries = new Map<string, TrendPoint[]>();
  const name = (group: Pick<PointRow, 'key' | 'executor' | 'provenance'>): string =>
    JSON.stringify([group.key, group.executor, group.provenance]);
  for (const row of rows.slice(0, mostPoints).reverse()) {
    const own = bySeries.get(name(row));
    if (own === undefined) bySeries.set(name(row), [pointOf(row)]);
    else own.push(pointOf(row));
  }
  const series = groups.flatMap((group) => {
    const points = bySeries.get(name(group)) ?? [];
    if (points.length === 0) return [];
    const { executor, provenance } = group;
    const values = Object.fromEntries(query.by.map((field, at) => [field, group.values[at] ?? null]));
    return [{ values, executor, provenance, hosts: Math.max(...points.map(({ hosts }) => hosts)), points }];
  });
  const last = groups.at(-1);
  const keys = groups.map(({ key }) => key);
  const of = (name: 'executor' | 'provenance'): string[] => groups.map((group) => group[name]);
  const ofPage = wholly
    ? chosen
    : Prisma.sql`${chosen} AND (${keyOf(query.by)}, s.executor, s.provenance) IN (
        SELECT * FROM unnest(${keys}::text[], ${of('executor')}::text[], ${of('provenance')}::text[]))`;
  const { changes, cut } = await bootChanges(db, ofPage, spanOf(query));
  return {
    ...{ series, changes, cut: cut || rows.length > mostPoints },
    nextCursor:
      found.length > groups.length && last !== undefined
        ? encodeCursor('trends', [last.key, last.executor, last.provenance])
        : null,
  };
}

import {
  type ExecutorName,
  isRunTerm,
  parseRunSelector,
  type Provenance,
  type TrendPoint,
  type Trends,
  type TrendsQuery,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import * as z from 'zod';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { isNoisySql } from '#stats';
import { refused } from '../problems/problem.js';
import { fieldValue } from '../selectors/field-value.js';
import { subjectFilter } from '../selectors/subject-filter.js';
import { bootChanges } from './boot-changes.js';
import { type GroupPoint, groupPoints } from './group-points.js';

/** Points of one reply, the newest: 50 series of five years are 91,000. */
export const mostPoints = 100_000;

const moment = (ms: number): Prisma.Sql => Prisma.sql`${new Date(ms).toISOString()}::timestamptz`;

interface Group {
  /** How many segments it has. */
  segments: number;
  key: string;
  values: (string | null)[];
  executor: ExecutorName;
  provenance: Provenance;
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
  const ofRuns = terms.find(({ key }) => key !== 'executor' && isRunTerm(key));
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
    SELECT key, executor, provenance, segments FROM (
        SELECT ${keyOf(by)} AS key, s.executor, s.provenance, count(*)::integer AS segments FROM ${segments} WHERE ${chosen} GROUP BY 1, 2, 3) AS found
     ${further} ORDER BY key COLLATE "C", executor COLLATE "C", provenance COLLATE "C" LIMIT ${limit + 1}`;
  return rows.map((row) => ({ ...row, values: JSON.parse(row.key) as (string | null)[] }));
}

/** The segments of the chosen hosts, each with its group. */
function pickedBy(query: TrendsQuery, chosen: Prisma.Sql, groups: readonly Group[] | 'all'): Prisma.Sql {
  const of = (name: 'key' | 'executor' | 'provenance'): string[] =>
    groups === 'all' ? [] : groups.map((group) => group[name]);
  // Where every group is asked for the planner is not told again: it would take them for few and look each host up by itself.
  const asked =
    groups === 'all'
      ? Prisma.empty
      : Prisma.sql`JOIN unnest(${of('key')}::text[], ${of('executor')}::text[], ${of('provenance')}::text[]) AS asked (key, executor, provenance) USING (key, executor, provenance)`;
  return Prisma.sql`
    SELECT found.key, found.executor, found.provenance, found.host_id, found.boot_state_hash
      FROM (SELECT ${keyOf(query.by)} AS key, s.* FROM ${segments} WHERE ${chosen}) AS found ${asked}`;
}

type SeriesName = Pick<GroupPoint, 'key' | 'executor' | 'provenance'>;
const nameOf = ({ key, executor, provenance }: SeriesName): string => JSON.stringify([key, executor, provenance]);

/** How many hosts of each series are above the noise limit, by its name; series without one are left out. */
async function noisyHostsOf(
  db: PrismaClient,
  picked: Prisma.Sql,
  { probe, metric }: TrendsQuery,
): Promise<Map<string, number>> {
  const rows = await db.$queryRaw<(SeriesName & { hosts: number })[]>`
    WITH noisy AS (
      SELECT host_id, executor, provenance FROM host_noise n WHERE probe = ${probe} AND metric = ${metric} AND ${Prisma.raw(isNoisySql('n'))}
    ), picked AS (${picked})
    SELECT key, executor, provenance, count(DISTINCT host_id)::integer AS hosts
      FROM picked JOIN noisy USING (host_id, executor, provenance) GROUP BY key, executor, provenance`;
  return new Map(rows.map((row) => [nameOf(row), row.hosts]));
}

const ordered = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The newest, where there are more than one reply holds; by time, oldest first. */
function newest(points: GroupPoint[]): GroupPoint[] {
  points.sort(
    (a, b) =>
      b.dayMs - a.dayMs ||
      ordered(a.key, b.key) ||
      ordered(a.executor, b.executor) ||
      ordered(a.provenance, b.provenance),
  );
  return points.slice(0, mostPoints).reverse();
}

export type TrendParts = Pick<Trends, 'series' | 'changes' | 'cut' | 'nextCursor'>;

/** @throws ProblemError (422) for a term that only single runs have; (400) for a cursor of another listing */
export async function dayTrends(db: PrismaClient, query: TrendsQuery): Promise<TrendParts> {
  const chosen = chosenSegments(query);
  const found = await groupsOf(db, query, chosen);
  const groups = found.slice(0, query.limit);
  const wholly = query.cursor === undefined && found.length === groups.length;
  const picked = pickedBy(query, chosen, wholly ? 'all' : groups);
  const { probe, metric } = query;
  const many = groups.reduce((sum, { segments: own }) => sum + own, 0);
  const points =
    groups.length === 0 ? [] : await groupPoints(db, { picked, segments: many, probe, metric, ...spanOf(query) });
  const bySeries = new Map<string, TrendPoint[]>();
  const noisy = groups.length === 0 ? new Map<string, number>() : await noisyHostsOf(db, picked, query);
  for (const one of newest(points)) {
    const own = bySeries.get(nameOf(one));
    if (own === undefined) bySeries.set(nameOf(one), [one.point]);
    else own.push(one.point);
  }
  const series = groups.flatMap((group) => {
    const own = bySeries.get(nameOf(group)) ?? [];
    if (own.length === 0) return [];
    const { executor, provenance } = group;
    const values = Object.fromEntries(query.by.map((field, at) => [field, group.values[at] ?? null]));
    const [hosts, noisyHosts] = [Math.max(...own.map((one) => one.hosts)), noisy.get(nameOf(group)) ?? 0];
    return [{ values, executor, provenance, hosts, noisyHosts, points: own }];
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
    ...{ series, changes, cut: cut || points.length > mostPoints },
    nextCursor:
      found.length > groups.length && last !== undefined
        ? encodeCursor('trends', [last.key, last.executor, last.provenance])
        : null,
  };
}

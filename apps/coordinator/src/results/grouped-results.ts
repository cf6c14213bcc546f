import {
  fieldListNotes,
  groupedResultsSchema,
  type GroupedResults,
  type GroupedResultsQuery,
  limits,
  parseFieldList,
  parseRunSelector,
  selectorNotes,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { isNoisySql } from '#stats';
import { byValuesInNaturalOrder } from '#wording';
import { drawOf } from '../compare/copies.js';
import { refused } from '../problems/problem.js';
import { calibrationError } from '../compare/side.js';
import { fieldValue } from '../selectors/field-value.js';
import { runFilter } from '../selectors/run-filter.js';

interface GroupRow {
  values: (string | null)[];
  probe: string;
  metric: string;
  provenance: string;
  executor: string;
  virtualization: string;
  kpti: string;
  hosts: number;
  noisyHosts: number;
  runs: number;
  copies: number;
  samples: number;
  /** Whether the group's cycles are all the same length. */
  oneClock: boolean;
  ratesKnown: boolean;
  cycles: [number, number, number];
  ns: [number, number, number] | null;
}

/** What a group is of besides the fields asked for; runs that differ in one of these are never pooled. */
const fixed = Prisma.raw('"values", probe, metric, provenance, executor, virtualization, kpti');
const quartiles = Prisma.raw('ARRAY[0.25, 0.5, 0.75]::float8[]');

const results = Prisma.raw('run_results s JOIN runs r USING (run_id) JOIN boot_states b USING (boot_state_hash)');

function chosen({ selector, jobId, probe, metric, since, until }: GroupedResultsQuery): Prisma.Sql {
  const moment = (ms: number): Prisma.Sql => Prisma.sql`${new Date(ms).toISOString()}::timestamptz`;
  const terms = [
    runFilter(parseRunSelector(selector, Date.now()), Prisma.sql`s.ended_at`),
    ...(jobId === undefined ? [] : [Prisma.sql`s.job_id = ${jobId}::uuid`]),
    ...(probe === undefined ? [] : [Prisma.sql`s.probe = ${probe}`]),
    ...(metric === undefined ? [] : [Prisma.sql`s.metric = ${metric}`]),
    ...(since === undefined ? [] : [Prisma.sql`s.ended_at >= ${moment(since)}`]),
    ...(until === undefined ? [] : [Prisma.sql`s.ended_at < ${moment(until)}`]),
  ];
  return Prisma.join(terms, ' AND ');
}

function groupsOf(db: PrismaClient, fields: readonly string[], query: GroupedResultsQuery): Promise<GroupRow[]> {
  const values = fields.map((name) => fieldValue(name, Prisma.sql`r.labels`, Prisma.sql`b.fields`));
  return db.$queryRaw<GroupRow[]>`
    WITH completed AS (
      SELECT jsonb_build_array(${Prisma.join(values)}) AS "values", s.probe, s.metric, s.provenance, r.executor, s.virtualization,
             coalesce(r.labels ->> 'kpti', 'unknown') AS kpti, r.host_id, s.p50_cycles, s.tsc_khz, s.samples,
             ${drawOf(Prisma.sql`r`)} AS draw, s.ended_at
        FROM ${results}
       WHERE ${chosen(query)}
    ), replicates AS (
      SELECT *, 0 AS copies FROM completed WHERE draw IS NULL
      UNION ALL
      (SELECT DISTINCT ON (${fixed}, draw) *, count(*) OVER (PARTITION BY ${fixed}, draw) - 1 AS copies
         FROM completed WHERE draw IS NOT NULL ORDER BY ${fixed}, draw, ended_at DESC)
    ), hosts AS (
      SELECT ${fixed}, host_id, count(*) AS runs, sum(copies) AS copies, sum(samples) AS samples,
             EXISTS (SELECT FROM host_noise n WHERE n.host_id = replicates.host_id AND n.executor = replicates.executor
                        AND n.probe = replicates.probe AND n.metric = replicates.metric AND n.provenance = replicates.provenance
                        AND ${Prisma.raw(isNoisySql('n'))}) AS noisy,
             min(tsc_khz) AS slowest, max(tsc_khz) AS fastest, count(*) = count(tsc_khz) AS rates_known,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles) AS cycles,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles * 1e6 / tsc_khz) AS ns
        FROM replicates GROUP BY host_id, ${fixed}
    )
    SELECT ${fixed}, count(*)::integer AS hosts, (count(*) FILTER (WHERE noisy))::integer AS "noisyHosts", sum(runs)::integer AS runs, sum(copies)::integer AS copies,
           sum(samples)::float8 AS samples, bool_and(rates_known) AS "ratesKnown",
           (bool_and(rates_known) OR count(*) = 1)
             AND coalesce(max(fastest) <= min(slowest) * ${1 + calibrationError}::float8, true) AS "oneClock",
           percentile_cont(${quartiles}) WITHIN GROUP (ORDER BY cycles) AS cycles,
           percentile_cont(${quartiles}) WITHIN GROUP (ORDER BY ns) AS ns
      FROM hosts GROUP BY ${fixed} ORDER BY ${fixed} LIMIT ${limits.groupsPerReply + 1}`;
}

function viewOf(fields: readonly string[], { values, oneClock, ratesKnown, cycles, ns, ...group }: GroupRow) {
  const [q1Cycles, p50Cycles, q3Cycles] = oneClock ? cycles : [null, null, null];
  const [q1Ns, p50Ns, q3Ns] = ratesKnown && ns !== null ? ns : [null, null, null];
  const by = Object.fromEntries(fields.map((name, at) => [name, values[at] ?? null]));
  return { by, ...group, q1Cycles, p50Cycles, q3Cycles, q1Ns, p50Ns, q3Ns };
}

/** @throws ProblemError (422) where more results match than one request may group: its time grows with them. */
async function refuseTooMany(db: PrismaClient, query: GroupedResultsQuery, most: number): Promise<void> {
  const [row] = await db.$queryRaw<{ more: boolean }[]>`
    SELECT count(*) > ${most} AS more FROM (SELECT FROM ${results} WHERE ${chosen(query)} LIMIT ${most + 1}) AS matching`;
  if (row?.more !== true) return;
  throw refused({
    field: 'selector',
    message: `more than ${most.toLocaleString('en-US')} results match, which is as many as are grouped at once`,
    remedy: 'ask for fewer: one metric, a job, a time (since, until) or a narrower selector',
  });
}

/**
 * Completed runs by labels and facts of their boot state. The query's names must have been checked.
 *
 * @throws ProblemError (422) where too many results match.
 */
export async function groupedResults(
  db: PrismaClient,
  query: GroupedResultsQuery,
  most: number = limits.resultsPerGrouping,
): Promise<GroupedResults> {
  await refuseTooMany(db, query, most);
  const by = parseFieldList(query.by);
  const groups = await groupsOf(db, by, query);
  const kept = groups.slice(0, limits.groupsPerReply).sort((a, b) => byValuesInNaturalOrder(a.values, b.values));
  return groupedResultsSchema.parse({
    by,
    rows: kept.map((group) => viewOf(by, group)),
    cut: groups.length > limits.groupsPerReply,
    notes: [...new Set([...fieldListNotes(query.by), ...selectorNotes(query.selector)])],
  });
}

import * as z from 'zod';
import {
  bootStateSchema,
  hostIdSchema,
  idEndingSchema,
  momentSchema,
  type Page,
  pageQuerySchema,
  parseRunSelector,
  probeSchema,
  type RunDetail,
  runStateSchema,
  runStream,
  runSelectorSchema,
  type RunView,
  textSchema,
  uuidSchema,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { refuseNoTime } from '../http/no-time.js';
import { decodeCursor, encodeCursor, toPage } from '../http/cursor.js';
import { contains, type Order, ordered, searchSchema, sortSchema } from '../http/order.js';
import { microsecondsOf, microsecondsSchema, timeOf } from '../database/microseconds.js';
import { checkSubmitter, findJob } from '../jobs/job-queries.js';
import { bootStatesOfRuns, runFilter } from '../selectors/run-filter.js';
import { noiseMarksOf } from '../noise-floors/noise-floors.js';
import { notFound } from '../problems/problem.js';
import { checkHostOfRuns, checkRunSelectors } from '../selectors/check-selectors.js';
import { type ResultRow, type RunQueryRow, runView } from './run-view.js';

/** What has to be looked at first: what failed, then what is under way, then what is done. */
const stateRank = Prisma.sql`array_position(ARRAY['failed', 'abandoned', 'started', 'queued', 'planned', 'completed'], state)`;

const orders = {
  plan: { by: Prisma.sql`plan_index`, as: 'number' },
  ended: { by: Prisma.sql`coalesce(ended_at, 'epoch')`, as: 'time' },
  started: { by: Prisma.sql`coalesce(started_at, 'epoch')`, as: 'time' },
  state: { by: stateRank, as: 'number' },
  host: { by: Prisma.sql`host_id COLLATE "C"`, as: 'text' },
  probe: { by: Prisma.sql`probe COLLATE "C"`, as: 'text' },
  samples: { by: Prisma.sql`samples`, as: 'number' },
  lost: { by: Prisma.sql`lost`, as: 'number' },
} as const satisfies Record<string, Order>;
const orderNames = Object.keys(orders) as (keyof typeof orders)[];

export const runListQuerySchema = z
  .strictObject({
    ...pageQuerySchema.shape,
    jobId: uuidSchema.optional().describe('only those of this job'),
    hostId: hostIdSchema.optional().describe('only those on this host'),
    state: runStateSchema.optional().describe('only those in this state'),
    probe: probeSchema.optional().describe('only those of this probe'),
    selector: runSelectorSchema
      .optional()
      .describe('over the labels and the boot state that a run had when it started, and the run itself')
      .meta({ example: 'generation=Zen-3,since=7d' }),
    submittedBy: textSchema(1, 200)
      .optional()
      .describe('only those of jobs that were submitted so, as a job says it: key:…'),
    since: momentSchema.optional().describe('only those that ended from then on').meta({ example: '7d' }),
    until: momentSchema.optional().describe('only those that ended before then').meta({ example: '2026-11-26' }),
    ending: idEndingSchema.optional().describe('only those whose id ends so'),
    q: searchSchema('their host, or at the end of their id'),
    sort: sortSchema(orderNames, '-ended').describe(
      'what it is sorted by, with - in front the other way round. Left out: those of a job by its plan, all others open ones first, then the newest',
    ),
  })
  .superRefine(({ jobId, hostId, sort, since, until }, context) => {
    refuseNoTime({ since, until }, context);
    if (sort === undefined || jobId !== undefined || hostId !== undefined) return;
    const message = 'sorts the runs of one job or host; give jobId or hostId, or leave sort out for the newest of all';
    context.addIssue({ code: 'custom', path: ['sort'], message });
  });
export type RunListQuery = z.infer<typeof runListQuerySchema>;
type Sort = NonNullable<RunListQuery['sort']>;

const columns = Prisma.sql`run_id, job_id, host_id, executor, probe, replicate, guest, plan_index, state, attempt, provenance, labels,
  boot_state_hash, (SELECT boot_state -> 'extra' FROM boot_states b WHERE b.boot_state_hash = r.boot_state_hash) AS extra,
  queued_at, started_at, ended_at, faults, samples::float8 AS samples, lost::float8 AS lost,
  rejected::float8 AS rejected, damaged_lines::float8 AS damaged_lines, overhead_cycles, failure,
  parser_version, samples_version,
  ${microsecondsOf(Prisma.sql`ended_at`)} AS ended_us`;

type RunStart = Pick<RunDetail, 'evidence' | 'pinnedCpu'>;
type ListedRow = RunQueryRow & { ended_us: string | null };

/** By the index `runs_by_ending`, which knows the last group of the id. */
function endingIs(ending: string): Prisma.Sql {
  const backwards = [...ending.slice(-12)].reverse().join('');
  return Prisma.sql`reverse(right(run_id::text, 12)) LIKE ${`${backwards}%`} AND run_id::text LIKE ${`%${ending}`}`;
}

/** Hosts and runs that a search may name one by one; with more hosts it looks at the runs in turn, of which many are then found. */
const mostFound = 200;

/** Those that a search means: by the hosts that there are, which are few beside the runs. */
async function found(db: PrismaClient, q: string | undefined): Promise<Prisma.Sql> {
  if (q === undefined) return Prisma.sql`true`;
  const hosts = await db.$queryRaw<{ id: string }[]>`
    SELECT value AS id FROM label_values WHERE key = 'host' AND ${contains(Prisma.sql`value`, q)} LIMIT ${mostFound + 1}::integer`;
  const ending = idEndingSchema.safeParse(q);
  const runs = ending.success
    ? await db.$queryRaw<{ id: string }[]>`
        SELECT run_id::text AS id FROM runs WHERE ${endingIs(ending.data)} LIMIT ${mostFound}::integer`
    : [];
  if (hosts.length > mostFound) return contains(Prisma.sql`host_id`, q);
  const ids = (of: readonly { id: string }[]) => of.map(({ id }) => id);
  return Prisma.sql`(host_id = ANY(${ids(hosts)}::text[]) OR run_id = ANY(${ids(runs)}::uuid[]))`;
}

async function asked(db: PrismaClient, query: RunListQuery): Promise<Prisma.Sql> {
  const { hostId, state, probe, submittedBy, since, until, ending, selector = '*' } = query;
  const terms = parseRunSelector(selector, Date.now());
  const started = runFilter(terms, Prisma.sql`r.ended_at`, await bootStatesOfRuns(db, terms));
  const moment = (ms: number): Prisma.Sql => Prisma.sql`${new Date(ms).toISOString()}::timestamptz`;
  const conditions = [
    ...(hostId === undefined ? [] : [Prisma.sql`host_id = ${hostId}`]),
    ...(state === undefined ? [] : [Prisma.sql`state = ${state}`]),
    ...(probe === undefined ? [] : [Prisma.sql`probe = ${probe}`]),
    ...(submittedBy === undefined
      ? []
      : [Prisma.sql`r.job_id IN (SELECT j.job_id FROM jobs j WHERE j.submitted_by = ${submittedBy})`]),
    ...(since === undefined ? [] : [Prisma.sql`ended_at >= ${moment(since)}`]),
    ...(until === undefined ? [] : [Prisma.sql`ended_at < ${moment(until)}`]),
    ...(ending === undefined ? [] : [endingIs(ending)]),
    ...(selector.trim() === '*' ? [] : [Prisma.sql`(labels IS NOT NULL AND ${started})`]),
  ];
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' AND ');
}

function resultsOf(db: PrismaClient, runIds: readonly string[]): Promise<ResultRow[]> {
  return db.$queryRaw<ResultRow[]>`
    SELECT run_id, metric, samples::float8 AS samples, invalid::float8 AS invalid, interrupted::float8 AS interrupted,
           min_cycles, p5_cycles, p25_cycles, p50_cycles, p75_cycles, p95_cycles, p99_cycles, max_cycles, mean_cycles, tsc_khz
      FROM run_results WHERE run_id = ANY(${[...runIds]}::uuid[]) ORDER BY metric DESC`;
}

/** Runs of a job or a host in one of the orders; those of a job by its plan, which does not change while they go through. */
async function rowsInOrder(db: PrismaClient, query: RunListQuery, sort: Sort) {
  const { jobId, q, cursor, limit } = query;
  const id = { column: Prisma.sql`run_id`, schema: uuidSchema, type: 'uuid' } as const;
  const order = ordered('runs', orders, sort, id, cursor);
  if (jobId !== undefined) await findJob(db, jobId);
  const ofJob = jobId === undefined ? Prisma.sql`true` : Prisma.sql`job_id = ${jobId}::uuid`;
  const rows = await db.$queryRaw<(ListedRow & { place: string })[]>`
    SELECT ${columns}, ${order.place} AS place FROM runs r
     WHERE ${ofJob} AND ${await asked(db, query)} AND ${await found(db, q)} AND ${order.after}
     ORDER BY ${order.orderBy} LIMIT ${limit + 1}`;
  return { rows, cursorOf: (last: ListedRow & { place: string }) => order.cursorOf(last.place, last.run_id) };
}

/** Runs of all jobs: open ones first, then by their end, newest first. */
async function rowsByEnd(db: PrismaClient, query: RunListQuery) {
  const [endedUs, runId] =
    query.cursor === undefined
      ? [null, null]
      : decodeCursor('runs', [microsecondsSchema.nullable(), uuidSchema], query.cursor);
  const rows = await db.$queryRaw<(ListedRow & { place: string })[]>`
    SELECT ${columns}, '' AS place FROM runs r
     WHERE ${await asked(db, query)} AND ${await found(db, query.q)}
       AND (${runId}::uuid IS NULL
            OR CASE WHEN ${endedUs}::text IS NULL THEN (ended_at IS NULL AND run_id < ${runId}::uuid) OR ended_at IS NOT NULL
                    ELSE (ended_at, run_id) < (${timeOf(endedUs)}, ${runId}::uuid) END)
     ORDER BY ended_at DESC NULLS FIRST, run_id DESC LIMIT ${query.limit + 1}`;
  return { rows, cursorOf: (last: ListedRow) => encodeCursor('runs', [last.ended_us, last.run_id]) };
}

/** @throws ProblemError (422, 404) for a host or job that there is none of, with the nearest host ids. */
export async function listRuns(db: PrismaClient, query: RunListQuery): Promise<Page<RunView>> {
  const { selector, hostId, submittedBy, limit, sort = query.jobId === undefined ? undefined : 'plan' } = query;
  if (selector !== undefined) await checkRunSelectors(db, { selector });
  if (hostId !== undefined) await checkHostOfRuns(db, 'hostId', hostId);
  if (submittedBy !== undefined) await checkSubmitter(db, submittedBy);
  const { rows, cursorOf } = sort === undefined ? await rowsByEnd(db, query) : await rowsInOrder(db, query, sort);
  const [results, marks] = await Promise.all([
    resultsOf(
      db,
      rows.map((row) => row.run_id),
    ),
    noiseMarksOf(db, [...new Set(rows.map((row) => row.host_id))]),
  ]);
  return toPage(rows, limit, (row) => runView(row, results, marks), cursorOf);
}

/** @throws ProblemError (404) */
export async function runRow(db: PrismaClient, runId: string): Promise<RunQueryRow> {
  const [row] = await db.$queryRaw<RunQueryRow[]>`SELECT ${columns} FROM runs r WHERE run_id = ${runId}::uuid`;
  if (row === undefined) throw notFound('run', runId, 'GET /v1/runs lists the runs');
  return row;
}

/** What its provenance rests on and where it was pinned, from the event that started the attempt. */
async function startOf(db: PrismaClient, runId: string, attempt: number): Promise<RunStart> {
  const [started] = await db.$queryRaw<RunStart[]>`
    SELECT data -> 'evidence' AS evidence, (data ->> 'pinnedCpu')::integer AS "pinnedCpu" FROM events
     WHERE stream = ${runStream(runId)} AND type = 'RunStarted' AND data ->> 'attempt' = ${String(attempt)}`;
  return started ?? { evidence: null, pinnedCpu: null };
}

/** A run with its losses, its evidence and the boot state of its host. @throws ProblemError (404) */
export async function findRun(db: PrismaClient, runId: string) {
  const row = await runRow(db, runId);
  const [results, gaps, boot, start, marks, [seeded]] = await Promise.all([
    resultsOf(db, [runId]),
    db.runGap.findMany({ where: { runId }, orderBy: [{ attempt: 'asc' }, { rawFrom: 'asc' }, { eventId: 'asc' }] }),
    row.boot_state_hash === null
      ? null
      : db.bootState.findUnique({ where: { bootStateHash: row.boot_state_hash }, select: { bootState: true } }),
    startOf(db, runId, row.attempt),
    noiseMarksOf(db, [row.host_id]),
    db.$queryRaw<{ seed: number | null }[]>`SELECT seed::float8 AS seed FROM runs WHERE run_id = ${runId}::uuid`,
  ]);
  return {
    ...runView(row, results, marks),
    gaps: gaps.map((gap) => ({
      attempt: gap.attempt,
      reason: gap.reason,
      detail: gap.detail,
      lostRecords: gap.lostRecords === null ? null : Number(gap.lostRecords),
      lostSamples: Number(gap.lostSamples),
      rawFrom: Number(gap.rawFrom),
      rawTo: Number(gap.rawTo),
    })),
    ...start,
    seed: seeded?.seed ?? null,
    bootState: boot === null ? null : bootStateSchema.parse(boot.bootState),
  };
}

import { z } from 'zod';
import {
  bootStateSchema,
  hostIdSchema,
  idEndingSchema,
  int32Schema,
  type Page,
  pageQuerySchema,
  parseRunSelector,
  type RunDetail,
  runStateSchema,
  runStream,
  runSelectorSchema,
  type RunView,
  uuidSchema,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { decodeCursor, encodeCursor, toPage } from '../http/cursor.js';
import { microsecondsOf, microsecondsSchema, timeOf } from '../database/microseconds.js';
import { findJob } from '../jobs/job-queries.js';
import { runFilter } from '../selectors/run-filter.js';
import { noiseMarksOf } from '../noise-floors/noise-floors.js';
import { notFound } from '../problems/problem.js';
import { checkHostOfRuns, checkRunSelectors } from '../selectors/check-selectors.js';
import { type ResultRow, type RunQueryRow, runView } from './run-view.js';

export const runListQuerySchema = z.strictObject({
  ...pageQuerySchema.shape,
  jobId: uuidSchema.optional(),
  hostId: hostIdSchema.optional(),
  state: runStateSchema.optional(),
  /** Over the labels and the boot state that a run had when it started, and the run itself. */
  selector: runSelectorSchema.optional(),
  ending: idEndingSchema.optional(),
});
export type RunListQuery = z.infer<typeof runListQuerySchema>;

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

function asked({ hostId, state, ending, selector = '*' }: RunListQuery): Prisma.Sql {
  const started = runFilter(parseRunSelector(selector, Date.now()), Prisma.sql`r.ended_at`);
  return Prisma.sql`(${hostId ?? null}::text IS NULL OR host_id = ${hostId ?? null}::text)
    AND (${state ?? null}::text IS NULL OR state = ${state ?? null}::text)
    AND ${ending === undefined ? Prisma.sql`true` : endingIs(ending)}
    AND ${selector.trim() === '*' ? Prisma.sql`true` : Prisma.sql`(labels IS NOT NULL AND ${started})`}`;
}

function resultsOf(db: PrismaClient, runIds: readonly string[]): Promise<ResultRow[]> {
  return db.$queryRaw<ResultRow[]>`
    SELECT run_id, metric, samples::float8 AS samples, invalid::float8 AS invalid, interrupted::float8 AS interrupted,
           min_cycles, p5_cycles, p25_cycles, p50_cycles, p75_cycles, p95_cycles, p99_cycles, max_cycles, mean_cycles, tsc_khz
      FROM run_results WHERE run_id = ANY(${[...runIds]}::uuid[]) ORDER BY metric DESC`;
}

/** Runs of one job in the order of its plan, which does not change while they go through. */
async function rowsOfJob(db: PrismaClient, jobId: string, query: RunListQuery): Promise<ListedRow[]> {
  const [after] = query.cursor === undefined ? [-1] : decodeCursor('runs-of-job', [int32Schema], query.cursor);
  await findJob(db, jobId);
  return db.$queryRaw<ListedRow[]>`
    SELECT ${columns} FROM runs r
     WHERE ${asked(query)} AND job_id = ${jobId}::uuid AND plan_index > ${after}
     ORDER BY plan_index LIMIT ${query.limit + 1}`;
}

/** Runs of all jobs: open ones first, then by their end, newest first. */
function rowsByEnd(db: PrismaClient, query: RunListQuery): Promise<ListedRow[]> {
  const [endedUs, runId] =
    query.cursor === undefined
      ? [null, null]
      : decodeCursor('runs', [microsecondsSchema.nullable(), uuidSchema], query.cursor);
  return db.$queryRaw<ListedRow[]>`
    SELECT ${columns} FROM runs r
     WHERE ${asked(query)}
       AND (${runId}::uuid IS NULL
            OR CASE WHEN ${endedUs}::text IS NULL THEN (ended_at IS NULL AND run_id < ${runId}::uuid) OR ended_at IS NOT NULL
                    ELSE (ended_at, run_id) < (${timeOf(endedUs)}, ${runId}::uuid) END)
     ORDER BY ended_at DESC NULLS FIRST, run_id DESC LIMIT ${query.limit + 1}`;
}

/** @throws ProblemError (422, 404) for a host or job that there is none of, with the nearest host ids. */
export async function listRuns(db: PrismaClient, query: RunListQuery): Promise<Page<RunView>> {
  if (query.selector !== undefined) await checkRunSelectors(db, { selector: query.selector });
  if (query.hostId !== undefined) await checkHostOfRuns(db, 'hostId', query.hostId);
  const rows = query.jobId === undefined ? await rowsByEnd(db, query) : await rowsOfJob(db, query.jobId, query);
  const [results, marks] = await Promise.all([
    resultsOf(
      db,
      rows.map((row) => row.run_id),
    ),
    noiseMarksOf(db, [...new Set(rows.map((row) => row.host_id))]),
  ]);
  return toPage(
    rows,
    query.limit,
    (row) => runView(row, results, marks),
    (last) =>
      query.jobId === undefined
        ? encodeCursor('runs', [last.ended_us, last.run_id])
        : encodeCursor('runs-of-job', [last.plan_index]),
  );
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
  const [results, gaps, boot, start, marks] = await Promise.all([
    resultsOf(db, [runId]),
    db.runGap.findMany({ where: { runId }, orderBy: [{ attempt: 'asc' }, { rawFrom: 'asc' }, { eventId: 'asc' }] }),
    row.boot_state_hash === null
      ? null
      : db.bootState.findUnique({ where: { bootStateHash: row.boot_state_hash }, select: { bootState: true } }),
    startOf(db, runId, row.attempt),
    noiseMarksOf(db, [row.host_id]),
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
    bootState: boot === null ? null : bootStateSchema.parse(boot.bootState),
  };
}

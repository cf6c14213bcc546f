import { z } from 'zod';
import {
  bootStateSchema,
  capabilitySchema,
  idEndingSchema,
  jobStateSchema,
  jobStream,
  type JobView,
  type Page,
  labelsSchema,
  pageQuerySchema,
  selectable,
  uuidSchema,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import type { PlannableHost } from '#lifecycle';
import { decodeCursor, encodeCursor, toPage } from '../http/cursor.js';
import { microsecondsOf, microsecondsSchema, timeOf } from '../database/microseconds.js';
import { notFound } from '../problems/problem.js';
import { viewFolded } from '../view-folded.js';
import { type JobRow, type TallyRow, viewOfRow, viewOfStream } from './job-view.js';

export const jobListQuerySchema = z.strictObject({
  ...pageQuerySchema.shape,
  state: jobStateSchema.optional(),
  /** The whole name that a job was submitted with. */
  name: z.string().optional(),
  ending: idEndingSchema.optional(),
});
export type JobListQuery = z.infer<typeof jobListQuerySchema>;

function tallies(db: PrismaClient, jobIds: readonly string[]): Promise<TallyRow[]> {
  return db.$queryRaw<TallyRow[]>`
    SELECT job_id, state, count(*)::integer AS runs, sum(samples)::float8 AS samples, sum(lost)::float8 AS lost
      FROM runs WHERE job_id = ANY(${[...jobIds]}::uuid[]) GROUP BY job_id, state`;
}

/** Newest first. */
export async function listJobs(db: PrismaClient, query: JobListQuery): Promise<Page<JobView>> {
  const [before, beforeId] =
    query.cursor === undefined ? [null, null] : decodeCursor('jobs', [microsecondsSchema, uuidSchema], query.cursor);
  const rows = await db.$queryRaw<(JobRow & { submitted_us: string })[]>`
    SELECT job_id, state, outcome, spec, submitted_by, correlation_id, submitted_at, ended_at, runs_total,
           ${microsecondsOf(Prisma.sql`submitted_at`)} AS submitted_us
      FROM jobs
     WHERE (${query.state ?? null}::text IS NULL OR state = ${query.state ?? null}::text)
       AND (${query.name ?? null}::text IS NULL OR spec ->> 'name' = ${query.name ?? null}::text)
       AND (${query.ending ?? null}::text IS NULL OR job_id::text LIKE '%' || ${query.ending ?? null}::text)
       AND (${before}::text IS NULL
            OR (submitted_at, job_id) < (${timeOf(before)}, ${beforeId}::uuid))
     ORDER BY submitted_at DESC, job_id DESC
     LIMIT ${query.limit + 1}`;
  const runs = await tallies(
    db,
    rows.map((row) => row.job_id),
  );
  return toPage(
    rows,
    query.limit,
    (row) => viewOfRow(row, runs),
    (last) => encodeCursor('jobs', [last.submitted_us, last.job_id]),
  );
}

async function jobInReadModel(db: PrismaClient, jobId: string): Promise<JobView | null> {
  const [row] = await db.$queryRaw<JobRow[]>`
    SELECT job_id, state, outcome, spec, submitted_by, correlation_id, submitted_at, ended_at, runs_total
      FROM jobs WHERE job_id = ${jobId}::uuid`;
  return row === undefined ? null : viewOfRow(row, await tallies(db, [jobId]));
}

/**
 * A job from the read model; while the projection has not reached it yet, from its stream.
 *
 * @throws ProblemError (404)
 */
export async function findJob(db: PrismaClient, jobId: string): Promise<JobView> {
  const view = (await jobInReadModel(db, jobId)) ?? (await viewFolded(db, jobStream(jobId), viewOfStream));
  if (view === null) throw notFound('job', jobId, 'GET /v1/jobs lists the jobs');
  return view;
}

/** Every host that a job may be planned on. */
export async function plannableHosts(db: PrismaClient): Promise<PlannableHost[]> {
  const rows = await db.host.findMany({ select: { hostId: true, labels: true, capabilities: true, bootState: true } });
  return rows.map(({ hostId, labels, capabilities, bootState }) => ({
    hostId,
    labels: selectable(labelsSchema.parse(labels), bootStateSchema.parse(bootState)),
    capabilities: z.array(capabilitySchema).parse(capabilities),
  }));
}

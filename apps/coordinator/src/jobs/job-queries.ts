import { z } from 'zod';
import {
  bootStateSchema,
  capabilitySchema,
  idEndingSchema,
  type JobSpec,
  jobStateSchema,
  jobStream,
  type JobView,
  type Page,
  labelsSchema,
  momentSchema,
  pageQuerySchema,
  parseSelector,
  selectable,
  uuidSchema,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import type { PlannableHost } from '#lifecycle';
import { decodeCursor, encodeCursor, toPage } from '../http/cursor.js';
import { microsecondsOf, microsecondsSchema, timeOf } from '../database/microseconds.js';
import { notFound } from '../problems/problem.js';
import { subjectFilter } from '../selectors/subject-filter.js';
import { viewFolded } from '../view-folded.js';
import { type JobRow, type TallyRow, viewOfRow, viewOfStream } from './job-view.js';

export const jobListQuerySchema = z.strictObject({
  ...pageQuerySchema.shape,
  state: jobStateSchema.optional(),
  /** The whole name that a job was submitted with. */
  name: z.string().optional(),
  ending: idEndingSchema.optional(),
  submittedBy: z.string().max(200).optional().describe('who submitted it, as a job says it: key:…'),
  since: momentSchema.optional().describe('submitted from then on: 90d, 2026-11-20'),
  until: momentSchema.optional().describe('submitted before then'),
});
export type JobListQuery = z.infer<typeof jobListQuerySchema>;

const columns = Prisma.sql`job_id, state, outcome, spec, submitted_by, correlation_id, submitted_at, ended_at, runs_total, tally`;

type TalliedRow = JobRow & { tally: Omit<TallyRow, 'job_id'>[] | null };

/** As the read model noted it where a job has ended, else by counting its runs. */
async function tallies(db: PrismaClient, jobs: readonly TalliedRow[]): Promise<TallyRow[]> {
  const noted = jobs.flatMap(({ job_id, tally }) => (tally ?? []).map((row) => ({ ...row, job_id })));
  const open = jobs.flatMap(({ job_id, tally }) => (tally === null ? [job_id] : []));
  if (open.length === 0) return noted;
  const counted = await db.$queryRaw<TallyRow[]>`
    SELECT job_id, state, count(*)::integer AS runs, sum(samples)::float8 AS samples, sum(lost)::float8 AS lost
      FROM runs WHERE job_id = ANY(${open}::uuid[]) GROUP BY job_id, state`;
  return [...noted, ...counted];
}

/** Newest first. */
export async function listJobs(db: PrismaClient, query: JobListQuery): Promise<Page<JobView>> {
  const [before, beforeId] =
    query.cursor === undefined ? [null, null] : decodeCursor('jobs', [microsecondsSchema, uuidSchema], query.cursor);
  const [since, until] = [query.since, query.until].map((ms) => (ms === undefined ? null : new Date(ms).toISOString()));
  const rows = await db.$queryRaw<(TalliedRow & { submitted_us: string })[]>`
    SELECT ${columns}, ${microsecondsOf(Prisma.sql`submitted_at`)} AS submitted_us
      FROM jobs
     WHERE (${query.state ?? null}::text IS NULL OR state = ${query.state ?? null}::text)
       AND (${query.name ?? null}::text IS NULL OR spec ->> 'name' = ${query.name ?? null}::text)
       AND (${query.ending ?? null}::text IS NULL OR job_id::text LIKE '%' || ${query.ending ?? null}::text)
       AND (${query.submittedBy ?? null}::text IS NULL OR submitted_by = ${query.submittedBy ?? null}::text)
       AND (${since}::timestamptz IS NULL OR submitted_at >= ${since}::timestamptz)
       AND (${until}::timestamptz IS NULL OR submitted_at < ${until}::timestamptz)
       AND (${before}::text IS NULL
            OR (submitted_at, job_id) < (${timeOf(before)}, ${beforeId}::uuid))
     ORDER BY submitted_at DESC, job_id DESC
     LIMIT ${query.limit + 1}`;
  const runs = await tallies(db, rows);
  return toPage(
    rows,
    query.limit,
    (row) => viewOfRow(row, runs),
    (last) => encodeCursor('jobs', [last.submitted_us, last.job_id]),
  );
}

async function jobInReadModel(db: PrismaClient, jobId: string): Promise<JobView | null> {
  const [row] = await db.$queryRaw<TalliedRow[]>`
    SELECT ${columns} FROM jobs WHERE job_id = ${jobId}::uuid`;
  return row === undefined ? null : viewOfRow(row, await tallies(db, [row]));
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

/**
 * The hosts that a job's selectors choose or that it names. Not every host of the fleet: reading 10,000 of them with their boot states takes
 * half a second.
 */
export async function plannableHosts(
  db: PrismaClient,
  { hosts, selector, control }: Pick<JobSpec, 'hosts' | 'selector' | 'control'>,
): Promise<PlannableHost[]> {
  const chosenBy = (text: string): Prisma.Sql =>
    subjectFilter(parseSelector(text), Prisma.sql`labels`, Prisma.sql`hosts.boot_state_hash`);
  const chosen = [
    ...(hosts === undefined ? [] : [Prisma.sql`host_id = ANY(${[...hosts]}::text[])`]),
    ...[selector, control].flatMap((text) => (text === undefined ? [] : [Prisma.sql`(${chosenBy(text)})`])),
  ];
  const rows = await db.$queryRaw<{ hostId: string; labels: unknown; capabilities: unknown; bootState: unknown }[]>`
    SELECT host_id AS "hostId", labels, capabilities, boot_state AS "bootState" FROM hosts WHERE ${Prisma.join(chosen, ' OR ')}`;
  return rows.map(({ hostId, labels, capabilities, bootState }) => ({
    hostId,
    labels: selectable(labelsSchema.parse(labels), bootStateSchema.parse(bootState)),
    capabilities: z.array(capabilitySchema).parse(capabilities),
  }));
}

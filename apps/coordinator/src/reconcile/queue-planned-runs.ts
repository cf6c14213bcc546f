import { acceptedJobSpecSchema, guestSchema, jobStream, type AcceptedJobSpec } from '#contracts';
import { runSeed, type RunRequest } from '#lifecycle';
import { actOnRuns, upToDate } from './act-on-run.js';
import type { ReconcileContext } from './context.js';
import { FullPlaces } from './full-places.js';
import { limitedJobs, limitedRunsToQueue } from './limited-runs.js';
import { type RunToQueue, runToQueueColumns } from './run-to-queue.js';
import { takesRuns } from './takes-runs.js';
import { ticketsFor } from './tickets.js';

interface RunningJob {
  correlationId: string;
  submittedEventId: string;
  spec: AcceptedJobSpec;
}

/** Within a job in the order of its plan, found by an index that has it, so that the rest of a large job is not sorted. */
async function runsToQueue({ db, batchSize }: ReconcileContext, limited: readonly string[]): Promise<RunToQueue[]> {
  return db.$queryRaw<RunToQueue[]>`
    SELECT ${runToQueueColumns}
      FROM (SELECT job_id, submitted_at FROM jobs
             WHERE state = 'running' AND job_id <> ALL(${[...limited]}::uuid[]) ORDER BY submitted_at) j
     CROSS JOIN LATERAL (SELECT * FROM runs r WHERE r.state = 'planned' AND r.job_id = j.job_id AND ${takesRuns} AND ${upToDate}
                          ORDER BY r.plan_index LIMIT ${batchSize}) r
     ORDER BY j.submitted_at, r.plan_index LIMIT ${batchSize}`;
}

/** Each job once: a spec may name 10,000 hosts, which is too much to repeat with every run. Without those that can't be read. */
async function jobsOf({ db, onError }: ReconcileContext, jobIds: readonly string[]): Promise<Map<string, RunningJob>> {
  const rows = await db.$queryRaw<(Omit<RunningJob, 'spec'> & { jobId: string; spec: unknown })[]>`
    SELECT j.job_id AS "jobId", j.correlation_id AS "correlationId", e.event_id AS "submittedEventId", j.spec
      FROM jobs j JOIN events e ON e.stream = 'job-' || j.job_id AND e.version = 1
     WHERE j.job_id = ANY(${[...new Set(jobIds)]}::uuid[])`;
  const jobs = new Map<string, RunningJob>();
  for (const { jobId, spec, ...job } of rows) {
    const { success, data, error } = acceptedJobSpecSchema.safeParse(spec);
    if (success) jobs.set(jobId, { ...job, spec: data });
    else onError(error, jobStream(jobId));
  }
  return jobs;
}

function requestOf(run: RunToQueue, { spec }: RunningJob): RunRequest {
  const { runId, jobId, hostId, executor, probe, replicate } = run;
  return {
    runId,
    jobId,
    hostId,
    executor,
    probe,
    replicate,
    attempt: 1,
    faults: spec.faults,
    warmup: spec.warmup,
    timeoutMs: spec.timeoutMs,
    priority: spec.priority,
    seed: runSeed(spec.seed, hostId, probe, replicate),
    ...(run.guest === null ? {} : { guest: guestSchema.parse(run.guest) }),
  };
}

/**
 * Queues the next runs of running jobs: RunQueued, then the tickets.
 * After a crash before the append the run is still planned; between append and put, its ticket is put back.
 *
 * @returns how many runs were queued.
 */
export async function queuePlannedRuns(context: ReconcileContext, full = new FullPlaces()): Promise<number> {
  const limited = await limitedJobs(context);
  const free = await runsToQueue(
    context,
    limited.map(({ jobId }) => jobId),
  );
  const runs = [...free, ...(await limitedRunsToQueue(context, limited, full))];
  if (runs.length === 0) return 0;
  const jobs = await jobsOf(
    context,
    runs.map((run) => run.jobId),
  );
  const known = runs.flatMap((run) => {
    const job = jobs.get(run.jobId);
    return job ? [{ run, job }] : [];
  });
  const acted = await actOnRuns(
    context,
    known.map(({ run, job }) => ({
      ...{ runId: run.runId, correlationId: job.correlationId, causationId: job.submittedEventId },
      command: { type: 'queue', request: requestOf(run, job) },
    })),
  );
  const tickets = known.flatMap(({ run, job }) => ticketsFor(acted.get(run.runId) ?? [], job.correlationId));
  await context.queue.putAll(tickets);
  return tickets.length;
}

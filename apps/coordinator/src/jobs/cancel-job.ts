import { type Cause, jobStream, type JobView } from '#contracts';
import { append, type PrismaClient, readStream, WrongExpectedVersionError } from '#event-store';
import { decideJob, Refused } from '#lifecycle';
import { conflict, notFound } from '../problems/problem.js';
import { findJob } from './job-queries.js';
import { jobOf, withStateOf } from './job-view.js';

function problemOf(refusal: Refused, jobId: string) {
  if (refusal.code === 'unknown-job') return notFound('job', jobId, 'GET /v1/jobs lists the jobs');
  return conflict('job-ended', 'The job has ended', {
    field: 'jobId',
    message: refusal.message,
    remedy: 'nothing is left to cancel; GET /v1/jobs/:jobId/results shows what it measured',
  });
}

// Only the reconciler writes to a job's stream besides us, and at most once: a second look always settles it.
const looks = 3;

/**
 * Cancels a job; cancelling it twice is the same as once. The reconciler and the workers do the rest.
 *
 * @throws ProblemError 404, or 409 when the job has ended.
 */
export async function cancelJob(db: PrismaClient, jobId: string, reason: string, cause: Cause): Promise<JobView> {
  const stream = jobStream(jobId);
  for (let look = 1; ; look += 1) {
    const events = await readStream(db, stream);
    try {
      const decided = decideJob({ type: 'cancel', reason }, jobOf(events));
      if (decided.length > 0)
        await append(
          db,
          stream,
          events.length,
          decided.map((event) => ({ event })),
          cause,
        );
      return withStateOf(await findJob(db, jobId), jobOf(await readStream(db, stream)));
    } catch (error) {
      if (error instanceof Refused) throw problemOf(error, jobId);
      if (!(error instanceof WrongExpectedVersionError) || look === looks) throw error;
    }
  }
}

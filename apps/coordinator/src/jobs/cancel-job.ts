import { type Cause, jobStream, type JobView } from '#contracts';
import { type PrismaClient, readStream } from '#event-store';
import { decideJob, Refused } from '#lifecycle';
import { decideOnStream } from '../decide-on-stream.js';
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

/**
 * Cancels a job; cancelling it twice is the same as once. The reconciler and the workers do the rest.
 *
 * @throws ProblemError 404, or 409 when the job has ended.
 */
export async function cancelJob(db: PrismaClient, jobId: string, reason: string, cause: Cause): Promise<JobView> {
  const stream = jobStream(jobId);
  try {
    await decideOnStream(db, stream, (events) => decideJob({ type: 'cancel', reason }, jobOf(events)), cause);
  } catch (error) {
    if (error instanceof Refused) throw problemOf(error, jobId);
    throw error;
  }
  return withStateOf(await findJob(db, jobId), jobOf(await readStream(db, stream)));
}

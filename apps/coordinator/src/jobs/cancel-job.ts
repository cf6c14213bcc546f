import type { Cause, JobView } from '#contracts';
import { handle, type PrismaClient, UnreadableStreamError } from '#event-store';
import { jobDecider, Refused } from '#lifecycle';
import { conflict, notFound } from '../problems/problem.js';
import { findJob } from './job-queries.js';
import { withStateOf } from './job-view.js';

function problemOf(refusal: Refused, jobId: string) {
  if (refusal.code === 'unknown-job') return notFound('job', jobId, 'GET /v1/jobs lists the jobs');
  return conflict('job-ended', 'The job has ended', {
    field: 'jobId',
    message: refusal.message,
    remedy: 'nothing is left to cancel; GET /v1/jobs/:jobId/results shows what it measured',
  });
}

function unreadable(jobId: string) {
  return conflict('job-set-aside', 'The job can not be read', {
    field: 'jobId',
    message: `job ${jobId} has events that this release can not take in, so it was set aside and its work ends by itself`,
    remedy: 'xf admin set-aside tells the reason',
  });
}

/**
 * Cancels a job; cancelling it twice is the same as once. The reconciler and the workers do the rest.
 *
 * @throws ProblemError 404, or 409 when the job has ended or was set aside.
 */
export async function cancelJob(db: PrismaClient, jobId: string, reason: string, cause: Cause): Promise<JobView> {
  try {
    const { state } = await handle(db, jobDecider, jobId, { type: 'cancel', reason }, { cause });
    return withStateOf(await findJob(db, jobId), state);
  } catch (error) {
    if (error instanceof Refused) throw problemOf(error, jobId);
    if (error instanceof UnreadableStreamError) throw unreadable(jobId);
    throw error;
  }
}

import type { Cause, JobView } from '#contracts';
import { handle, type PrismaClient } from '#event-store';
import { FieldRefused, jobLabels, jobLabelsDecider, type LabelChanges } from '#lifecycle';
import { refused } from '../problems/problem.js';
import { findJob } from './job-queries.js';

/**
 * Sets labels of a job, or takes them away (null); saying the same twice is the same as once.
 *
 * @throws ProblemError 404, or 422 when it would have too many
 */
export async function labelJob(db: PrismaClient, jobId: string, labels: LabelChanges, cause: Cause): Promise<JobView> {
  const job = await findJob(db, jobId);
  const submitted = job.spec.labels ?? {};
  try {
    const command = { type: 'label' as const, jobId: job.jobId, submitted, labels };
    const { state } = await handle(db, jobLabelsDecider, job.jobId, command, { cause });
    // The read model is some 100 ms behind.
    return { ...job, labels: jobLabels(submitted, state) };
  } catch (error) {
    if (error instanceof FieldRefused) throw refused(error);
    throw error;
  }
}

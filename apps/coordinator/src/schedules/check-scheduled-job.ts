import type { JobSpec } from '#contracts';
import { newId, type PrismaClient } from '#event-store';
import { jobSeed } from '#lifecycle';
import { planned } from '../jobs/submit-job.js';

/** A typo shows at once, not at two in the night. @throws ProblemError 422 when the job could not be planned now */
export async function checkScheduledJob(db: PrismaClient, spec: JobSpec): Promise<void> {
  const jobId = newId();
  await planned(db, { ...spec, seed: jobSeed(jobId) }, jobId);
}

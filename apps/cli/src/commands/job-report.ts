import type { JobView } from '#contracts';
import type { ApiClient } from '../client/api-client.js';
import type { JobReport } from '../output/job-report.js';

/** A job with its results so far, its matrix compared when it has one. */
export async function reportOf(client: ApiClient, job: JobView): Promise<JobReport> {
  const [results, { comparisons }] = await Promise.all([
    client.jobResults(job.jobId),
    job.spec.matrix === undefined ? { comparisons: [] } : client.jobComparisons(job.jobId),
  ]);
  return { job, results, comparisons };
}

import { jobOverviewSchema, type JobView } from '#contracts';
import type { ApiClient } from '../client/api-client.js';
import type { JobReport } from '../output/job-report.js';
import { rowsOfATerminal } from '../output/listing.js';

/** A job with its results so far, its matrix compared when it has one. `whole`: each host, however many there are. */
export async function reportOf(client: ApiClient, job: JobView, whole: boolean): Promise<JobReport> {
  const { comparisons } = job.spec.matrix === undefined ? { comparisons: [] } : await client.jobComparisons(job.jobId);
  if (!whole) {
    const overview = await client.ask(`/v1/jobs/${job.jobId}/overview`, jobOverviewSchema);
    if (overview.rows + overview.failureRows > rowsOfATerminal) return { job, overview, comparisons };
  }
  return { job, results: await client.jobResults(job.jobId), comparisons };
}

import type { JobComparisons, JobResults, JobView } from '#contracts';
import { jobText } from './jobs.js';
import { matrixText } from './matrix.js';
import { resultsText } from './results.js';

/** What came of a job: the job, its result table, and its matrix compared. */
export interface JobReport {
  job: JobView;
  results: JobResults;
  /** Empty without a matrix. */
  comparisons: JobComparisons['comparisons'];
}

export function jobReportText({ job, results, comparisons }: JobReport): string {
  const compared = matrixText({ jobId: job.jobId, comparisons });
  return [jobText(job), resultsText(results), ...(compared === '' ? [] : [compared])].join('\n');
}

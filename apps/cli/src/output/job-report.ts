import type { JobComparisons, JobOverview, JobResults, JobView } from '#contracts';
import { jobOverviewText } from './job-overview.js';
import { shortId } from './format.js';
import { jobText } from './jobs.js';
import { matrixText } from './matrix.js';
import { resultsText } from './results.js';

/** What came of a job: the job, its result by host or, of many hosts, by what varies, and its matrix compared. */
export type JobReport = {
  job: JobView;
  /** Empty without a matrix. */
  comparisons: JobComparisons['comparisons'];
} & ({ results: JobResults } | { overview: JobOverview });

export function jobReportText(report: JobReport): string {
  const { job, comparisons } = report;
  const compared = matrixText({ jobId: job.jobId, comparisons });
  const result =
    'results' in report
      ? resultsText(report.results)
      : jobOverviewText(report.overview, `xf jobs ${shortId(job.jobId)} --all`);
  return [jobText(job), result, ...(compared === '' ? [] : [compared])].join('\n');
}

import type { JobComparisons, JobOverview, JobResultRow, JobResults, JobView } from '#contracts';
import { type Look, plainLook } from './columns.js';
import { jobOverviewText } from './job-overview.js';
import { shortId } from './format.js';
import { jobText } from './jobs.js';
import type { Listing } from './listing.js';
import { matrixText } from './matrix.js';
import { resultsListing, resultsText } from './results.js';

/** What came of a job: the job, its result by host or, of many hosts, by what varies, and its matrix compared. */
export type JobReport = {
  job: JobView;
  /** Empty without a matrix. */
  comparisons: JobComparisons['comparisons'];
} & ({ results: JobResults } | { overview: JobOverview });

/** Of a report with every host. */
export const jobReportListing = (report: JobReport): Listing<JobResultRow> =>
  resultsListing('results' in report ? report.results : { rows: [] });

export function jobReportText(report: JobReport, look: Look = plainLook): string {
  const { job, comparisons } = report;
  const all = `xf jobs ${shortId(job.jobId)} --all`;
  const compared = matrixText({ jobId: job.jobId, comparisons }, look, 'results' in report ? undefined : all);
  const result = 'results' in report ? resultsText(report.results, look) : jobOverviewText(report.overview, all, look);
  return [jobText(job, look), result, ...(compared === '' ? [] : [compared])].join('\n');
}

import { type Comparison, executorOf, type JobResults, type JobView, limits } from '#contracts';
import { comparisonText } from '../output/comparison.js';
import { jobText } from '../output/jobs.js';
import { resultsText } from '../output/results.js';

/** What can't be measured on this machine, and how to change that. */
export interface UnmetRequirement {
  what: string;
  remedy: string;
}

/** Everything that `npm start` shows; with --json exactly this document. */
export interface UpResult {
  job: JobView;
  results: JobResults;
  comparison: Comparison;
  lacks: UnmetRequirement[];
  addresses: { console: string; apiDocs: string; health: string };
  /** Jobs of earlier starts that this folder keeps; counted up to a page of the listing (200). */
  earlierJobs: number;
  /** Milliseconds: bootstrap by step, until the hosts were registered, until the result. */
  timings: { setup: Record<string, number>; startMs: number; measureMs: number };
  /** Process ids of the fleet. */
  pids: Record<string, number | undefined>;
}

export function addressesOf(url: string): UpResult['addresses'] {
  return { console: `${url}/`, apiDocs: `${url}/docs`, health: `${url}/health/ready` };
}

/**
 * Why the main job has no full result, or null when it has: every run completed, except runs on this machine's own
 * executor that failed with a remedy (no compiler, for example), which are shown and do not spoil the rest.
 */
export function reasonForFailure({ job, results }: Pick<UpResult, 'job' | 'results'>): string | null {
  if (job.outcome === 'completed') return null;
  const bad = results.failures.filter(
    ({ executor, state }) => executorOf(executor).host !== 'real' || state === 'abandoned',
  );
  if (job.outcome === 'partial' && bad.length === 0 && results.rows.length > 0) return null;
  const what = bad.map(({ hostId, runs, state }) => `${runs} runs on ${hostId} ${state}`);
  return [`the job ended as ${job.outcome ?? job.state}`, ...what].join('; ');
}

export function upText(result: UpResult): string {
  const { job, results, comparison, lacks, earlierJobs } = result;
  return [
    jobText(job),
    resultsText(results),
    ...lacks.map(({ what, remedy }) => `${what}\n  → ${remedy}`),
    '',
    comparisonText(comparison),
    ...(earlierJobs > 0 ? [`${earlierJobsText(earlierJobs)} kept: ./xf jobs`] : []),
  ].join('\n');
}

function earlierJobsText(jobs: number): string {
  if (jobs >= limits.pageSize) return `${jobs} or more earlier jobs`;
  return jobs === 1 ? '1 earlier job' : `${jobs} earlier jobs`;
}

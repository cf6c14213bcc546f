import { guestsOf, type JobView } from '#contracts';
import { count, table, time } from './format.js';

/** Runs that have ended, whatever came of them. */
export const endedRuns = ({ runs }: JobView): number => runs.completed + runs.failed + runs.abandoned;

export function jobsText(jobs: readonly JobView[]): string {
  if (jobs.length === 0) return 'no jobs';
  return table(
    ['job', 'name', 'state', 'runs ', 'samples ', 'lost ', 'submitted', 'by'],
    jobs.map((job) => [
      job.jobId,
      job.spec.name ?? '',
      job.outcome ?? job.state,
      `${count(endedRuns(job))}/${count(job.runs.total)}`,
      count(job.samples),
      count(job.lost),
      time(job.submittedAt),
      job.submittedBy,
    ]),
  );
}

function matrixText(matrix: JobView['spec']['matrix']): string {
  return matrix === undefined ? '' : ` and each of ${guestsOf(matrix).length} guests`;
}

export function jobText(job: JobView): string {
  const { runs, spec } = job;
  return [
    `job ${job.jobId}${spec.name === undefined ? '' : ` “${spec.name}”`}: ${job.outcome ?? job.state}`,
    `  submitted ${time(job.submittedAt)} by ${job.submittedBy}; ended ${time(job.endedAt)}`,
    `  hosts ${spec.hosts?.join(', ') ?? spec.selector ?? ''}; ${count(spec.faults)} faults, ${count(spec.warmup)} warm-up, ${count(spec.runsPerHost)} runs a host and probe${matrixText(spec.matrix)}, ${spec.order}`,
    `  runs: ${runs.completed} completed, ${runs.failed} failed, ${runs.abandoned} abandoned, ${runs.started} started, ${runs.queued} queued, ${runs.planned} planned of ${runs.total}`,
    `  samples ${count(job.samples)}, lost ${count(job.lost)}`,
  ].join('\n');
}

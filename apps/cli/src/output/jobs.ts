import { count, endedRuns, jobStateName, jobStates, matrixText, runsByState } from '#wording';
import { guestsOf, type JobView, selectorNotes } from '#contracts';
import { shortId, table, time } from './format.js';

export function jobsText(jobs: readonly JobView[]): string {
  if (jobs.length === 0) return 'no jobs';
  return table(
    ['job', 'name', 'state', 'runs ', 'samples ', 'lost ', 'submitted', 'by'],
    jobs.map((job) => [
      shortId(job.jobId),
      job.spec.name ?? '',
      jobStateName(job),
      `${count(endedRuns(job.runs))}/${count(job.runs.total)}`,
      count(job.samples),
      count(job.lost),
      time(job.submittedAt),
      job.submittedBy,
    ]),
  );
}

export function jobText(job: JobView): string {
  const { runs, spec } = job;
  return [
    `job ${job.jobId}${spec.name === undefined ? '' : ` “${spec.name}”`}: ${jobStateName(job)} (${jobStates[jobStateName(job)]})`,
    `  submitted ${time(job.submittedAt)} by ${job.submittedBy}; ended ${time(job.endedAt)}`,
    `  hosts ${spec.hosts?.join(', ') ?? spec.selector ?? ''}${spec.control === undefined ? '' : `, control ${spec.control}`}; ${count(spec.faults)} faults, ${count(spec.warmup)} warm-up, ${count(spec.runsPerHost)} runs a host${spec.matrix === undefined ? ' and probe' : ', guest and probe'}, ${spec.order}`,
    ...(spec.matrix === undefined ? [] : [`  ${guestsOf(spec.matrix).length} guests: ${matrixText(spec.matrix)}`]),
    ...selectorNotes(spec.selector ?? '').map((note) => `  ! ${note}`),
    `  runs: ${runsByState(runs)} of ${count(runs.total)}`,
    `  samples ${count(job.samples)}, lost ${count(job.lost)}`,
  ].join('\n');
}

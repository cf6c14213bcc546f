import { count, counted, endedRuns, jobStateName, jobStates, matrixText, runsByState } from '#wording';
import { guestsOf, type JobView, selectorNotes } from '#contracts';
import { type Column, type Look, numbers, plainLook } from './columns.js';
import { shortId, time } from './format.js';
import { type Listing, tableText } from './listing.js';

const columns: readonly Column<JobView>[] = [
  { head: 'job', of: ({ jobId }) => shortId(jobId), raw: ({ jobId }) => jobId },
  { head: 'name', of: ({ spec }) => spec.name ?? '', cut: true, onlyWhereSome: ({ spec }) => spec.name !== undefined },
  { head: 'state', of: jobStateName },
  {
    head: 'runs ',
    of: ({ runs }) => `${count(endedRuns(runs))}/${count(runs.total)}`,
    raw: ({ runs }) => endedRuns(runs),
  },
  numbers('of', ({ runs }) => runs.total, count, { wide: true }),
  numbers('samples', ({ samples }) => samples, count),
  numbers('lost', ({ lost }) => lost, count, { onlyWhereSome: ({ lost }) => lost > 0 }),
  { head: 'submitted', of: ({ submittedAt }) => time(submittedAt), raw: ({ submittedAt }) => submittedAt },
  { head: 'ended', of: ({ endedAt }) => time(endedAt), raw: ({ endedAt }) => endedAt, wide: true },
  { head: 'by', of: ({ submittedBy }) => submittedBy, cut: true, spare: true },
];

export const jobsListing = (rows: readonly JobView[]): Listing<JobView> => ({
  ...{ columns, rows, name: ({ jobId }) => jobId },
});

export function jobsText(jobs: readonly JobView[], look: Look = plainLook): string {
  return jobs.length === 0 ? 'no jobs' : tableText(jobsListing(jobs), look);
}

export function jobText(job: JobView): string {
  const { runs, spec } = job;
  return [
    `job ${job.jobId}${spec.name === undefined ? '' : ` “${spec.name}”`}: ${jobStateName(job)} (${jobStates[jobStateName(job)]})`,
    `  submitted ${time(job.submittedAt)} by ${job.submittedBy}; ended ${time(job.endedAt)}`,
    `  hosts ${spec.hosts?.join(', ') ?? spec.selector ?? ''}${spec.control === undefined ? '' : `, control ${spec.control}`}; ${count(spec.faults)} faults, ${count(spec.warmup)} warm-up, ${counted(spec.runsPerHost, 'run')} a host${spec.matrix === undefined ? ' and probe' : ', guest and probe'}, ${spec.order}`,
    ...(spec.matrix === undefined ? [] : [`  ${guestsOf(spec.matrix).length} guests: ${matrixText(spec.matrix)}`]),
    ...selectorNotes(spec.selector ?? '').map((note) => `  ! ${note}`),
    `  runs: ${runsByState(runs)} of ${count(runs.total)}`,
    `  samples ${count(job.samples)}, lost ${count(job.lost)}`,
  ].join('\n');
}

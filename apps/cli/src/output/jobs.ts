import {
  count,
  counted,
  endedRuns,
  jobStateName,
  jobStates,
  matrixText,
  runsByState,
  skippedText,
  waitsForText,
} from '#wording';
import { guestsOf, type JobView, selectorNotes } from '#contracts';
import { type Column, type Look, numbers, plainLook } from './columns.js';
import { factLine, shortId, time, wrapped } from './format.js';
import { type Listing, tableText } from './listing.js';

const labelsText = (labels: JobView['labels']): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

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
  {
    ...{ head: 'labels', cut: true, spare: true, of: ({ labels }) => labelsText(labels) },
    onlyWhereSome: ({ labels }) => Object.keys(labels).length > 0,
  },
];

export const jobsListing = (rows: readonly JobView[]): Listing<JobView> => ({
  ...{ columns, rows, name: ({ jobId }) => jobId },
});

export function jobsText(jobs: readonly JobView[], look: Look = plainLook): string {
  return jobs.length === 0 ? 'no jobs' : tableText(jobsListing(jobs), look);
}

/** A job's hosts are named up to so many; of more, the first few. `--json` has all of them. */
const [namedAtMost, namedOfMore] = [6, 3];

function hostsOf({ hosts, selector, control }: JobView['spec']): string {
  const some = hosts === undefined || hosts.length <= namedAtMost ? hosts : hosts.slice(0, namedOfMore);
  const more = (hosts?.length ?? 0) - (some?.length ?? 0);
  const chosen = `${some?.join(', ') ?? selector ?? ''}${more > 0 ? ` and ${count(more)} more` : ''}`;
  return `hosts ${chosen}${control === undefined ? '' : `, control ${control}`}`;
}

export function jobText(job: JobView, look: Look = plainLook): string {
  const { runs, spec, labels } = job;
  const each = `${counted(spec.runsPerHost, 'run')} a host${spec.matrix === undefined ? ' and probe' : ', guest and probe'}`;
  const facts = [
    `submitted ${time(job.submittedAt)} by ${job.submittedBy}; ended ${time(job.endedAt)}`,
    `${hostsOf(spec)}; ${count(spec.faults)} faults, ${count(spec.warmup)} warm-up, ${each}, ${spec.order}`,
    ...(spec.matrix === undefined ? [] : [`${guestsOf(spec.matrix).length} guests: ${matrixText(spec.matrix)}`]),
    ...(Object.keys(labels).length === 0 ? [] : [`labels ${labelsText(labels)}`]),
    ...selectorNotes(spec.selector ?? '').map((note) => `! ${note}`),
    ...(job.skipped ?? []).map((one) => `! ${skippedText(one)}`),
    `runs: ${runsByState(runs)} of ${count(runs.total)}`,
    ...(job.waitsFor ?? []).map((one) => `! ${waitsForText(one, time)}`),
    `samples ${count(job.samples)}, lost ${count(job.lost)}`,
  ];
  const name = spec.name === undefined ? '' : ` “${spec.name}”`;
  return [
    wrapped(`job ${job.jobId}${name}: ${jobStateName(job)} (${jobStates[jobStateName(job)]})`, '', look, '  '),
    ...facts.map((fact) => factLine(fact, look)),
  ].join('\n');
}

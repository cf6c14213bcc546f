import { h, title, words } from '../dom.js';
import { jobLink, jobState, selector, time } from '../format.js';
import { count } from '#wording';
import { listing } from '../listing.js';
import { live } from '../live.js';
import { jobLabelLinks } from './job-labels.js';
import { progressBar } from './progress.js';

/** @param {readonly string[]} names */
const choices = (names) => [
  /** @type {const} */ (['', 'all']),
  ...names.map((name) => /** @type {const} */ ([name, name])),
];

/**
 * All jobs, newest first.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function jobsPage(main, { query }, signal) {
  const jobs = listing({
    ...{ caption: 'Jobs', columns, path: 'v1/jobs', address: query, usualSort: '-submitted', signal },
    empty: 'No job yet. Submit one here, or with: ./xf submit',
    search: 'name, selector, host, submitter, id',
    filters: [
      { name: 'state', label: 'State', options: choices(['running', 'cancelling', 'ended']) },
      { name: 'outcome', label: 'Outcome', options: choices(['completed', 'partial', 'failed', 'cancelled']) },
      { name: 'submittedBy', label: 'Submitted by', placeholder: 'anybody' },
      { name: 'labels', label: 'Labels', placeholder: 'team=kernel,!draft' },
      { name: 'since', label: 'Since', placeholder: '7d, 2026-11-20' },
    ],
  });
  await jobs.start();
  main.replaceChildren(
    title('Jobs', jobs.shown, h('a', { href: '#/submit' }, 'Submit a job')),
    live(5_000, signal, jobs.refresh),
    jobs.element,
  );
}

/** @type {import('../dom.js').Column<import('#contracts').JobView>[]} */
export const columns = [
  {
    title: 'Job',
    sort: 'name',
    long: true,
    cell: (job) => [
      jobLink(job.jobId),
      ' ',
      h('bdi', {}, words(job.spec.name ?? '')),
      Object.keys(job.labels ?? {}).length > 0 && h('div', { class: 'quiet' }, jobLabelLinks(job.labels)),
    ],
  },
  { title: 'Submitted', sort: 'submitted', cell: (job) => time(job.submittedAt) },
  { title: 'By', sort: 'user', cell: (job) => h('bdi', {}, job.submittedBy) },
  { title: 'Hosts', long: true, cell: (job) => selector(job.spec.selector ?? hostList(job.spec.hosts ?? [])) },
  { title: 'State', cell: (job) => jobState(job) },
  { title: 'Runs', sort: 'runs', cell: (job) => progressBar(job.runs) },
  { title: 'Samples', number: true, cell: (job) => count(job.samples) },
];

/** @param {string[]} hosts */
const hostList = (hosts) => (hosts.length > 2 ? `${hosts[0]} and ${count(hosts.length - 1)} more` : hosts.join(', '));

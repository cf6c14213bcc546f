import { h, title } from '../dom.js';
import { jobLink, jobState, time } from '../format.js';
import { count } from '#wording';
import { listing } from '../listing.js';
import { progressBar } from './progress.js';

/**
 * All jobs, newest first.
 * @param {HTMLElement} main
 * @param {unknown} _parameters
 * @param {AbortSignal} signal
 */
export async function jobsPage(main, _parameters, signal) {
  const empty = 'No job yet. Submit one with: ./xf submit';
  const jobs = listing({ caption: 'Jobs', columns, path: 'v1/jobs', empty, signal });
  await jobs.refresh();
  main.replaceChildren(title('Jobs', jobs.shown), jobs.element);
}

/** @type {import('../dom.js').Column<import('#contracts').JobView>[]} */
export const columns = [
  { title: 'Job', cell: (job) => [jobLink(job.jobId), job.spec.name ? ` ${job.spec.name}` : ''] },
  { title: 'Submitted', cell: (job) => time(job.submittedAt) },
  { title: 'By', cell: (job) => job.submittedBy },
  { title: 'Hosts', long: true, cell: (job) => h('code', {}, job.spec.selector ?? hostList(job.spec.hosts ?? [])) },
  { title: 'State', cell: (job) => jobState(job) },
  { title: 'Runs', cell: (job) => progressBar(job.runs) },
  { title: 'Samples', number: true, cell: (job) => count(job.samples) },
];

/** @param {string[]} hosts */
const hostList = (hosts) =>
  hosts.length > 3 ? `${hosts.slice(0, 3).join(', ')} and ${hosts.length - 3} more` : hosts.join(', ');

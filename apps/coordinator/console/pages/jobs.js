import { list } from '../api.js';
import { h, table, title } from '../dom.js';
import { count, jobLink, state, time } from '../format.js';
import { progressBar } from './progress.js';

/** All jobs, newest first. */
export async function jobsPage(main, _parameters, signal) {
  const { items, more } = await list('v1/jobs?limit=100', signal);
  main.replaceChildren(
    title('Jobs', h('span', { class: 'quiet' }, `${items.length}${more ? ' newest' : ''}`)),
    table(
      'Jobs',
      [
        { title: 'Job', cell: (job) => [jobLink(job.jobId), job.spec.name ? ` ${job.spec.name}` : ''] },
        { title: 'Submitted', cell: (job) => time(job.submittedAt) },
        { title: 'By', cell: (job) => job.submittedBy },
        { title: 'Hosts', long: true, cell: (job) => h('code', {}, job.spec.selector ?? hostList(job.spec.hosts)) },
        { title: 'State', cell: (job) => state(job.outcome ?? job.state) },
        { title: 'Runs', cell: (job) => progressBar(job.runs) },
        { title: 'Samples', number: true, cell: (job) => count(job.samples) },
      ],
      items,
      'No job yet. Submit one with: npm run --silent xf -- submit',
    ),
  );
}

const hostList = (hosts) =>
  hosts.length > 3 ? `${hosts.slice(0, 3).join(', ')} and ${hosts.length - 3} more` : hosts.join(', ');

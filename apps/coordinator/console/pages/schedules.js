import { fill, h, title } from '../dom.js';
import { jobLink, selector, state, time } from '../format.js';
import { none } from '#wording';
import { listing } from '../listing.js';
import { live } from '../live.js';

/** @typedef {import('#contracts').ScheduleView} ScheduleView */

/**
 * Jobs that are submitted again and again: when each is due next, and what became of the latest time.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function schedulesPage(main, { query }, signal) {
  const schedules = listing({
    ...{ caption: 'Schedules', columns, path: 'v1/schedules', address: query, signal },
    empty: 'No schedule yet. Make one with: ./xf schedules set nightly "0 2 * * *" --selector "*"',
    filters: [
      {
        ...{ name: 'state', label: 'State' },
        options: [
          ['', 'all but removed'],
          ['active', 'active'],
          ['paused', 'paused'],
          ['removed', 'removed'],
        ],
      },
    ],
  });
  await schedules.start();
  fill(main, title('Schedules', schedules.shown), live(10_000, signal, schedules.refresh), schedules.element);
}

const styles = { active: 'completed', paused: 'partial', removed: '' };

/** @param {Pick<ScheduleView, 'state' | 'paused'>} schedule */
export const scheduleState = ({ state: name, paused }) =>
  h(
    'span',
    { class: `state ${styles[name]}`, title: paused && `by ${paused.by}${paused.note ? `: ${paused.note}` : ''}` },
    name,
  );

/** What became of the latest time. @param {ScheduleView['last']} last */
export const latest = (last) => {
  if (last === null) return none;
  return last.jobId === null
    ? [state('skipped'), ' ', time(last.dueAt), ': ', h('bdi', {}, last.skipped ?? '')]
    : [jobLink(last.jobId), ' ', time(last.dueAt)];
};

/** When it is due, by whose clock. @param {ScheduleView['spec']} spec */
export const due = ({ cron, timeZone }) => [h('code', {}, cron), timeZone === 'UTC' ? '' : ` ${timeZone}`];

/** @param {ScheduleView['spec']} spec */
export const hostsOf = ({ job }) => selector(job.selector ?? (job.hosts ?? []).join(','));

/** @type {import('../dom.js').Column<ScheduleView>[]} */
const columns = [
  { title: 'Schedule', cell: ({ name }) => h('a', { href: `#/schedules/${encodeURIComponent(name)}` }, name) },
  { title: 'State', cell: scheduleState },
  { title: 'When', cell: ({ spec }) => due(spec) },
  { title: 'Next', cell: ({ nextAt }) => time(nextAt) },
  { title: 'Latest', long: true, cell: ({ last }) => latest(last) },
  { title: 'Hosts', long: true, cell: ({ spec }) => hostsOf(spec) },
];

// How a list of runs is shown, of a job and of a host.
import { hostLink, jobLink, measureName, provenance, runLink, runState, time } from '../format.js';
import { count, cycles, guestText, none } from '#wording';
import { noiseMark, runFloorMark } from '../noise.js';
import { lost } from './lost.js';

/** @typedef {import('#contracts').RunView} RunView */
/** @typedef {import('../dom.js').Column<RunView>} Column */

/** @type {import('../list-form.js').Filter[]} */
export const runFilters = [
  {
    name: 'state',
    label: 'State',
    options: [
      ['', 'all'],
      ...['planned', 'queued', 'started', 'completed', 'failed', 'abandoned'].map(
        (name) => /** @type {const} */ ([name, name]),
      ),
    ],
  },
  { name: 'since', label: 'Ended since', placeholder: '7d, 2026-11-20' },
];

/** @param {Pick<RunView, 'hostId' | 'guest'>} row */
export function hostAndGuest({ hostId, guest }) {
  return [hostLink(hostId), guest !== null && ` (${guestText(guest)})`];
}

/** @type {Column} */
const run = { title: 'Run', cell: (row) => runLink(row.runId) };
/** @type {Column[]} */
const rest = [
  { title: 'Probe', sort: 'probe', cell: (row) => row.probe },
  { title: 'State', sort: 'state', hint: 'sorted, what failed comes first', cell: (row) => runState(row.state) },
  { title: 'Ended', sort: 'ended', cell: (row) => time(row.endedAt) },
  { title: 'Attempt', number: true, cell: (row) => count(row.attempt) },
  { title: 'Samples', sort: 'samples', number: true, cell: (row) => count(row.samples) },
  { title: 'Lost', sort: 'lost', number: true, cell: (row) => lost(row.lost) },
  {
    title: 'Median cycles',
    number: true,
    cell: (row) =>
      row.results.map((r) => `${measureName(row.probe, r.metric)} ${cycles(r.p50Cycles)}`).join(' · ') || none,
  },
  { title: 'Provenance', cell: (row) => [provenance(row.provenance), noiseMark(row.noise), runFloorMark(row)] },
];

/** @type {Column[]} */
export const runsOfJobColumns = [run, { title: 'Host', sort: 'host', cell: hostAndGuest }, ...rest];
/** @type {Column[]} */
export const runsOfHostColumns = [run, { title: 'Job', cell: (row) => jobLink(row.jobId) }, ...rest];

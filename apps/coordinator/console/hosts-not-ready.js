// Chosen hosts that can't begin their runs now, by state: what becomes of each, and why a job stands still.
import { h, table, words } from './dom.js';
import { hostLink, timeText } from './format.js';
import { hostState } from './host-state.js';
import { count, counted, isHeldUp, none, skippedText, waitsForText } from '#wording';

/** @typedef {import('#contracts').JobPreview} JobPreview */
/** @typedef {{ state: import('#contracts').HostState, hosts: number, runs: number | null, becomes: string, which: unknown }} Standing */

/** @param {unknown[]} links @param {number} hosts */
const some = (links, hosts) => [
  links.map((link, at) => [at > 0 && ', ', link]),
  hosts > links.length && ` and ${count(hosts - links.length)} more`,
];

/** @param {import('#contracts').WaitsFor['named'][number]} host */
const waitedFor = ({ hostId, since, reason }) => [
  hostLink(hostId),
  since && ` since ${timeText(since)}`,
  reason && [' (', h('bdi', {}, reason), ')'],
];

/**
 * The chosen hosts by state, and what becomes of each when the job is submitted; nothing where all of them can begin.
 * @param {JobPreview} plan
 */
export function standingsOf({ hosts, runs, skipped = [], waitsFor = [] }) {
  if (skipped.length + waitsFor.length === 0) return null;
  /** @type {Standing[]} */
  const waiting = waitsFor.map((one) => ({
    ...{
      state: one.state,
      hosts: one.hosts,
      runs: one.runs,
      becomes: one.state === 'never' ? 'their runs wait for a worker' : 'their runs wait until they are back',
    },
    which: some(one.named.map(waitedFor), one.hosts),
  }));
  /** @type {Standing[]} */
  const left = skipped.map((one) => ({
    ...{ state: one.state, hosts: one.hosts, runs: null, becomes: 'left out' },
    which: some(one.hostIds.map(hostLink), one.hosts),
  }));
  const sum = (/** @type {'hosts' | 'runs'} */ of) => waiting.reduce((all, one) => all + (one[of] ?? 0), 0);
  /** @type {Standing} */
  const ready = { state: 'online', hosts: hosts - sum('hosts'), runs: runs - sum('runs'), becomes: 'run', which: none };
  return table(
    'Hosts by state',
    [
      { title: 'State', cell: hostState },
      { title: 'Hosts', number: true, cell: (one) => count(one.hosts) },
      { title: 'Runs', number: true, cell: (one) => (one.runs === null ? none : count(one.runs)) },
      { title: 'What becomes of them', long: true, cell: (one) => one.becomes },
      { title: 'Which', long: true, cell: (one) => one.which },
    ],
    [...(ready.hosts > 0 ? [ready] : []), ...waiting, ...left],
  );
}

/** The job's hosts in a state, as the list of hosts is asked for them. @param {import('#contracts').JobView} job @param {string} name */
function listOf({ spec }, name) {
  const selector = spec.selector ?? `host in (${(spec.hosts ?? []).join(',')})`;
  return selector.length > 1_000 ? null : `#/hosts?${new URLSearchParams({ selector, state: name })}`;
}

/**
 * Which hosts a job left out, and why nothing of it moves.
 * @param {import('#contracts').JobView} job
 */
export function whyItWaits(job) {
  const waits = job.waitsFor ?? [];
  /** @param {string} text @param {string} [name] of a state */
  const line = (text, name) => {
    const href = name && listOf(job, name);
    return h('p', { class: 'warning', role: 'note' }, words(text), href && [' ', h('a', { href }, 'Show these hosts')]);
  };
  const waiting = waits.reduce((sum, { runs }) => sum + runs, 0);
  return [
    (job.skipped ?? []).map((one) => line(`${skippedText(one)}.`)),
    isHeldUp(job) &&
      line(
        `Nothing moves: ${waiting === 1 ? 'the run that is left waits' : `all ${counted(waiting, 'run')} that are left wait`}.`,
      ),
    waits.map((one) => line(`${waitsForText(one, timeText)}.`, one.state)),
  ];
}

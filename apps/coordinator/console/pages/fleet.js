import { get } from '../api.js';
import { facts, h, refill, table, title } from '../dom.js';
import { ago, hostLink, measureLabel } from '../format.js';
import { live } from '../live.js';
import { columns as jobColumns } from './jobs.js';
import { columns as regressionColumns } from './regressions.js';
import { count, counted, percent } from '#wording';

/** @typedef {import('#contracts').FleetView} FleetView */

/** Of jobs and regressions, those that stand on the page. */
const shown = 5;

/**
 * The fleet at a glance: what moved, what is silent, what scatters, what runs, what was not measured lately.
 * @param {HTMLElement} main
 * @param {unknown} _parameters
 * @param {AbortSignal} signal
 */
export async function fleetPage(main, _parameters, signal) {
  const content = h('div');
  const read = async () => {
    const [fleet, findings, jobs] = await Promise.all([
      get('v1/fleet', signal),
      get(`v1/regressions?limit=${shown}`, signal),
      get(`v1/jobs?state=running&limit=${shown}`, signal),
    ]);
    refill(
      content,
      contentOf(
        /** @type {FleetView} */ (fleet),
        /** @type {import('#contracts').Findings} */ (findings),
        /** @type {import('#contracts').Page<import('#contracts').JobView>} */ (jobs),
      ),
    );
  };
  await read();
  main.replaceChildren(title('Fleet'), live(10_000, signal, read), content);
}

/**
 * @param {FleetView} fleet
 * @param {import('#contracts').Findings} findings
 * @param {import('#contracts').Page<import('#contracts').JobView>} jobs
 */
function contentOf(fleet, findings, jobs) {
  const { open = 0, acknowledged = 0, suspected = 0 } = findings.counts;
  const more = jobs.nextCursor === null ? '' : ' and more';
  return [
    facts([
      ['Hosts', h('a', { href: '#/hosts' }, count(fleet.hosts))],
      ['Online', hostsLink(fleet.online, { state: 'online' })],
      [
        'Silent',
        h('span', { class: fleet.silent > 0 && 'state failed' }, hostsLink(fleet.silent, { state: 'silent' })),
      ],
      ['Draining', fleet.draining > 0 ? hostsLink(fleet.draining, { state: 'draining' }) : null],
      ['Quarantined', fleet.quarantined > 0 ? hostsLink(fleet.quarantined, { state: 'quarantined' }) : null],
      ['No worker yet', fleet.never > 0 ? hostsLink(fleet.never, { state: 'never' }) : null],
      ['Noise grade D', hostsLink(fleet.noisy, { grade: 'D' })],
      [`Measured within ${fleet.measuredDays} days`, `${count(fleet.measured)} of ${count(fleet.hosts)}`],
      [
        'Regressions',
        h(
          'a',
          { href: '#/regressions' },
          `${count(open)} open, ${count(acknowledged)} acknowledged, ${count(suspected)} suspected`,
        ),
      ],
      ['Jobs under way', h('a', { href: '#/jobs' }, `${count(jobs.items.length)}${more}`)],
    ]),
    h('h2', {}, 'What moved'),
    table(
      'What moved',
      regressionColumns,
      findings.items,
      'Nothing without a known cause, as far as fresh runs confirmed it.',
    ),
    h(
      'p',
      {},
      suspected > 0 && [
        h(
          'a',
          { href: '#/regressions?state=suspected,not-confirmed' },
          `${count(suspected)} suspected, not confirmed yet`,
        ),
        ' · ',
      ],
      h('a', { href: '#/regressions' }, 'All regressions'),
      ' · ',
      h('a', { href: '#/trends' }, 'Trends and known changes'),
    ),
    h('h2', {}, 'What runs'),
    table('Jobs under way', jobColumns, jobs.items, 'No job is under way.'),
    h('h2', {}, 'By generation'),
    table('By generation', generationColumns(fleet.measuredDays), fleet.generations, 'No host yet.'),
    lists(fleet),
  ];
}

/**
 * So many hosts, and the way to them.
 * @param {number} hosts
 * @param {Record<string, string>} asked
 */
const hostsLink = (hosts, asked) =>
  hosts === 0 ? '0' : h('a', { href: `#/hosts?${new URLSearchParams(asked)}` }, count(hosts));

/** @param {string} generation */
const ofGeneration = (generation) => ({ selector: `generation=${generation}` });

/** @param {number} days */
const generationColumns = (days) =>
  /** @type {import('../dom.js').Column<FleetView['generations'][number]>[]} */ ([
    {
      title: 'Generation',
      cell: ({ generation }) =>
        h('a', { href: `#/hosts?${new URLSearchParams(ofGeneration(generation))}` }, generation),
    },
    { title: 'Hosts', number: true, cell: ({ hosts }) => count(hosts) },
    ...[
      /** @type {const} */ (['Online', 'online', { state: 'online' }]),
      /** @type {const} */ (['Silent', 'silent', { state: 'silent' }]),
      /** @type {const} */ (['Noise grade D', 'noisy', { grade: 'D' }]),
    ].map(([name, key, asked]) => ({
      ...{ title: name, number: true },
      /** @param {FleetView['generations'][number]} row */
      cell: (row) => hostsLink(row[key], { ...ofGeneration(row.generation), ...asked }),
    })),
    {
      title: `Measured within ${days} days`,
      number: true,
      cell: ({ hosts, measured }) => `${count(measured)} of ${count(hosts)}`,
    },
    {
      title: 'Levels',
      cell: ({ generation }) =>
        h('a', { href: `#/trends?${new URLSearchParams({ ...ofGeneration(generation), by: 'generation' })}` }, 'trend'),
    },
  ]);

/** @param {number} hosts @param {Record<string, string>} asked */
const listLink = (hosts, asked) => h('a', { href: `#/hosts?${new URLSearchParams(asked)}` }, counted(hosts, 'host'));

/** @param {FleetView} fleet */
function lists({ silent, silentHosts, noisy, noisyHosts, hosts, measured, measuredDays, unmeasuredHosts }) {
  return [
    silent > 0 && [
      h('h2', {}, 'Silent: ', listLink(silent, { state: 'silent' })),
      table(
        'Silent hosts',
        [
          { title: 'Host', cell: (host) => hostLink(host.hostId) },
          { title: 'Worker', cell: (host) => host.workerId },
          { title: 'Last seen', cell: (host) => ago(host.seenAt) },
        ],
        silentHosts,
      ),
    ],
    noisy > 0 && [
      h('h2', {}, 'Noisy: ', listLink(noisy, { grade: 'D' })),
      table(
        'Noisy hosts',
        [
          { title: 'Host', cell: (host) => hostLink(host.hostId) },
          { title: 'Noisiest in', cell: (host) => measureLabel(host.probe, host.metric) },
          { title: 'Its runs scatter by', number: true, cell: (host) => percent(host.floor) },
        ],
        noisyHosts,
      ),
    ],
    hosts > measured && [
      h('h2', {}, `Not measured within ${measuredDays} days: ${counted(hosts - measured, 'host')}`),
      table(
        'Hosts not measured lately',
        [
          { title: 'Host', cell: (host) => hostLink(host.hostId) },
          { title: 'Last run', cell: (host) => host.lastDay ?? 'never' },
        ],
        unmeasuredHosts,
      ),
    ],
  ];
}

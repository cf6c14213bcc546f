import { get } from '../api.js';
import { fill, h, note, refill, table, title } from '../dom.js';
import { ago, hostLink, provenance, state } from '../format.js';
import { count, counted, gradeText, hostStateName, isFlagged, noisiest, none, virtualizationName } from '#wording';
import { hostState } from '../host-state.js';
import { listForm, tellAddress } from '../list-form.js';
import { listing } from '../listing.js';
import { live } from '../live.js';
import { loading } from '../loading.js';
import { problemBox } from '../problem-box.js';
import { hostSelection } from './host-selection.js';

/** @typedef {import('#contracts').HostGroup} HostGroup */

/** What hosts can be counted by; `''` lists them one by one. */
const views = /** @type {const} */ ([
  ['', 'One by one'],
  ['generation', 'By generation'],
  ['rack', 'By rack'],
  ['rack,generation', 'By rack and generation'],
  ['kernel,generation', 'By kernel and generation'],
]);

/** @type {import('../list-form.js').Filter[]} */
const filters = [
  { name: 'selector', label: 'Selector', placeholder: 'generation=Zen-3,virt=bare' },
  {
    name: 'state',
    label: 'State',
    options: [
      ['', 'all but removed'],
      .../** @type {const} */ (['online', 'silent', 'never', 'draining', 'quarantined', 'removed']).map(
        (name) => /** @type {[string, string]} */ ([name, hostStateName(name)]),
      ),
    ],
  },
  {
    name: 'grade',
    label: 'Noise grade',
    options: [
      ['', 'all'],
      ['A', 'A: up to 0.5 %'],
      ['B', 'B: up to 1 %'],
      ['C', 'C: up to 3 %'],
      ['D', 'D: beyond'],
    ],
  },
];

/** What a search of hosts looks in. */
const searched = 'id, generation, kernel, rack, worker';

/**
 * Hosts: what they are, what they can measure, when they were last heard of; one by one, or counted by what they have in common.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function hostsPage(main, { query }, signal) {
  const by = query.get('by') ?? '';
  if (by !== '') return groupsPage(main, by, query, signal);
  const list = h('div');
  const selection = hostSelection({ list, done: () => hosts.refresh(), signal });
  const hosts = listing({
    ...{
      caption: 'Hosts',
      columns: [selection.column, ...columns],
      path: 'v1/hosts',
      address: query,
      usualSort: 'host',
      filters,
      signal,
    },
    empty: 'No host yet. Start a worker; it registers its hosts by itself.',
    search: searched,
  });
  await hosts.start();
  list.append(hosts.element);
  fill(
    main,
    title('Hosts', hosts.shown),
    viewLinks(by, query),
    live(10_000, signal, hosts.refresh),
    selection.bar,
    list,
  );
}

/**
 * @param {string} by
 * @param {URLSearchParams} query
 */
function viewLinks(by, query) {
  return h(
    'nav',
    { class: 'views', 'aria-label': 'View' },
    views.map(([fields, text]) => {
      const to = new URLSearchParams(query);
      for (const name of ['by', 'sort']) to.delete(name);
      if (fields !== '') to.set('by', fields);
      const href = `#/hosts${to.size > 0 ? `?${to}` : ''}`;
      return h('a', { href, 'aria-current': fields === by && 'page' }, text);
    }),
  );
}

/**
 * @param {HTMLElement} main
 * @param {string} by
 * @param {URLSearchParams} query
 * @param {AbortSignal} signal
 */
async function groupsPage(main, by, query, signal) {
  const names = ['q', ...filters.map(({ name }) => name)];
  const asked = new URLSearchParams([...query].filter(([name, value]) => names.includes(name) && value !== ''));
  const shown = h('span', { class: 'quiet', role: 'status' });
  const groups = h('div');
  const read = async () => {
    const path = `v1/host-groups?${new URLSearchParams({ ...Object.fromEntries(asked), by })}`;
    const { items, cut, by: fields } = /** @type {import('#contracts').HostGroups} */ (await get(path, signal));
    shown.textContent = counted(items.length, 'group');
    refill(
      groups,
      cut && note('There are more groups than these; count by fewer fields.'),
      table('Hosts by group', groupColumns(fields, items, asked), items, 'No host matches.'),
    );
  };
  const ask = async () => {
    tellAddress(names, asked);
    fill(groups, loading('Counting…'));
    await read().catch((/** @type {unknown} */ error) => fill(groups, problemBox(error)));
  };
  await read();
  fill(
    main,
    title('Hosts', shown),
    viewLinks(by, query),
    live(10_000, signal, read),
    listForm({ caption: 'Hosts', search: searched, filters, asked, ask }),
    groups,
  );
}

/**
 * @param {string[]} fields
 * @param {HostGroup[]} groups
 * @param {URLSearchParams} query
 * @returns {import('../dom.js').Column<HostGroup>[]}
 */
function groupColumns(fields, groups, query) {
  /** @param {HostGroup} group */
  const inside = ({ values }, more = {}) => {
    const terms = Object.entries(values).map(([name, value]) => (value === null ? `!${name}` : `${name}="${value}"`));
    const selector = [query.get('selector'), ...terms].filter(Boolean).join(',');
    return `#/hosts?${new URLSearchParams({ selector, ...more })}`;
  };
  /** @param {HostGroup} group @param {number} n @param {Record<string, string>} more */
  const linked = (group, n, more) => (n === 0 ? '0' : h('a', { href: inside(group, more) }, count(n)));
  return [
    ...fields.map((field, i) => ({
      title: field,
      /** @param {HostGroup} group */
      cell: (group) =>
        i === 0 ? h('a', { href: inside(group) }, group.values[field] ?? none) : (group.values[field] ?? none),
    })),
    { title: 'Hosts', number: true, cell: (group) => count(group.hosts) },
    { title: 'Online', number: true, cell: (group) => linked(group, group.online, { state: 'online' }) },
    { title: 'Silent', number: true, cell: (group) => linked(group, group.silent, { state: 'silent' }) },
    ...seldom
      .filter(([, of]) => groups.some((group) => of(group) > 0))
      .map(([title, of, more]) => ({
        ...{ title, number: true },
        /** @param {HostGroup} group */
        cell: (group) => (more ? linked(group, of(group), more) : count(of(group))),
      })),
  ];
}

/**
 * Columns that stand there where they count something, and what their figures lead to.
 * @type {readonly [title: string, of: (group: HostGroup) => number, more: Record<string, string> | null][]}
 */
const seldom = [
  ['Draining', ({ draining }) => draining, { state: 'draining' }],
  ['Quarantined', ({ quarantined }) => quarantined, { state: 'quarantined' }],
  ['Never heard of', ({ never }) => never, { state: 'never' }],
  ['Noise A', ({ grades }) => grades.A, { grade: 'A' }],
  ['Noise B', ({ grades }) => grades.B, { grade: 'B' }],
  ['Noise C', ({ grades }) => grades.C, { grade: 'C' }],
  ['Noise D', ({ grades }) => grades.D, { grade: 'D' }],
  ['Not graded', ({ grades }) => grades.unknown, null],
];

/** @type {import('../dom.js').Column<import('#contracts').HostView>[]} */
const columns = [
  { title: 'Host', sort: 'host', cell: (host) => hostLink(host.hostId) },
  { title: 'State', cell: hostState },
  { title: 'Generation', sort: 'generation', cell: (host) => host.bootState.cpu.generation },
  { title: 'Rack', sort: 'rack', cell: (host) => host.labels.rack ?? none },
  { title: 'Bare / VM', cell: (host) => virtualizationName[host.bootState.virtualization] },
  { title: 'Kernel', sort: 'kernel', cell: (host) => h('span', { class: 'word' }, host.bootState.kernelRelease) },
  { title: 'KPTI', cell: (host) => host.labels.kpti },
  { title: 'TSC', number: true, cell: (host) => tscRate(host.bootState.tscKhz) },
  { title: 'Noise', sort: 'noise', cell: (host) => grade(noisiest(host.noiseFloors)) },
  { title: 'Last seen', sort: 'seen', cell: (host) => ago(host.seenAt) },
  { title: 'Measures', long: true, cell: (host) => host.capabilities.map(capability) },
];

/**
 * The grade of the noisiest series, flagged above the limit.
 * @param {import('#contracts').NoiseFloor | null} floor
 */
export const grade = (floor) =>
  isFlagged(floor) ? state(gradeText(floor), 'its runs scatter: it hides effects that others show') : gradeText(floor);

/** @param {number | null} khz */
export const tscRate = (khz) => (khz === null ? none : `${(khz / 1e6).toFixed(3)} GHz`);

/** @param {import('#contracts').Capability} capability */
export function capability({ executor, probes, provenance: from, series }) {
  const kernels = series === undefined ? '' : `on ${series.join(', ') || 'no kernel'} `;
  return h('div', { class: 'capability' }, `${executor}: ${probes.join(', ')} ${kernels}`, provenance(from));
}

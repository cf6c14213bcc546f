import { ApiProblem, fieldsOf, get } from '../api.js';
import { facts, fill, h, table, title } from '../dom.js';
import { ago, provenance, state, time } from '../format.js';
import { floorText, gradeText, isFlagged, noisiest, none, onOff, virtualizationName } from '#wording';
import { listing } from '../listing.js';
import { problemBox } from '../problem-box.js';
import { resultHistory } from './history.js';

/**
 * Hosts: what they are, what they can measure, when they were last heard of; all, or those of a selector.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function hostsPage(main, { query }, signal) {
  const selector = query.get('selector') || '*';
  const empty =
    selector === '*' ? 'No host yet. Start a worker; it registers its hosts by itself.' : 'No host has such labels.';
  const hosts = listing({ caption: 'Hosts', columns, path: 'v1/hosts', query: { selector }, empty, signal });
  const head = [title('Hosts', hosts.shown), selectorForm(selector)];
  try {
    await hosts.refresh();
    fill(main, head, hosts.element);
  } catch (error) {
    if (!(error instanceof ApiProblem) || ![400, 422].includes(error.problem.status ?? 0)) throw error;
    fill(main, head, problemBox(error.problem));
  }
}

/** @param {string} selector */
function selectorForm(selector) {
  return h(
    'form',
    {
      class: 'compare',
      onsubmit: (event) => {
        event.preventDefault();
        location.hash = `/hosts?${fieldsOf(event.target)}`;
      },
    },
    h(
      'div',
      {},
      h('label', { for: 'selector' }, 'Selector'),
      h('input', { id: 'selector', name: 'selector', value: selector, spellcheck: 'false' }),
    ),
    h('button', {}, 'Show'),
  );
}

/** @type {import('../dom.js').Column<import('#contracts').HostView>[]} */
const columns = [
  { title: 'Host', cell: (host) => h('a', { href: `#/hosts/${host.hostId}` }, host.hostId) },
  { title: 'Generation', cell: (host) => host.bootState.cpu.generation },
  { title: 'Bare / VM', cell: (host) => virtualizationName[host.bootState.virtualization] },
  { title: 'Measures', cell: (host) => host.capabilities.map(capability) },
  { title: 'Kernel', cell: (host) => host.bootState.kernelRelease },
  { title: 'KPTI', cell: (host) => host.labels.kpti },
  { title: 'TSC', number: true, cell: (host) => tscRate(host.bootState.tscKhz) },
  { title: 'Noise', cell: (host) => grade(noisiest(host.noiseFloors)) },
  { title: 'Contract', number: true, cell: (host) => host.contractVersion ?? none },
  { title: 'Last seen', cell: (host) => ago(host.seenAt) },
];

/**
 * The grade of the noisiest series, flagged above the limit.
 * @param {import('#contracts').NoiseFloor | null} floor
 */
const grade = (floor) =>
  isFlagged(floor) ? state(gradeText(floor), 'its runs scatter: it hides effects that others show') : gradeText(floor);

/** @param {number | null} khz */
const tscRate = (khz) => (khz === null ? none : `${(khz / 1e6).toFixed(3)} GHz`);

/** @param {import('#contracts').Capability} capability */
function capability({ executor, probes, provenance: from, series }) {
  const kernels = series === undefined ? '' : `on ${series.join(', ') || 'no kernel'} `;
  return h('div', { class: 'capability' }, `${executor}: ${probes.join(', ')} ${kernels}`, provenance(from));
}

/**
 * One host: its boot state and what was measured on it lately.
 * @param {HTMLElement} main
 * @param {{ hostId: string }} parameters
 * @param {AbortSignal} signal
 */
export async function hostPage(main, { hostId }, signal) {
  const [host, runs] =
    /** @type {[import('#contracts').HostView, import('#contracts').Page<import('#contracts').RunView>]} */ (
      await Promise.all([
        get(`v1/hosts/${encodeURIComponent(hostId)}`, signal),
        get(`v1/runs?hostId=${encodeURIComponent(hostId)}&state=completed&limit=100`, signal),
      ])
    );
  const boot = host.bootState;
  main.replaceChildren(
    title(host.hostId),
    facts([
      ['CPU', boot.cpu.name],
      ['Generation', `${boot.cpu.generation}${boot.cpu.year ? ` (${boot.cpu.year})` : ''}`],
      ['CPUID', `${boot.cpu.vendor} family ${boot.cpu.family} model ${boot.cpu.model} stepping ${boot.cpu.stepping}`],
      ['Microcode', boot.microcode],
      ['Kernel', boot.kernelRelease],
      ['Command line', boot.kernelCommandLine],
      ['KPTI', host.labels.kpti],
      ['SMT', boot.smt],
      ['Governor', boot.governor],
      ['Turbo', boot.turbo === null ? null : onOff(boot.turbo)],
      ['TSC', `${tscRate(boot.tscKhz)}, ${invariance(boot.tscInvariant)}`],
      ['Clock source', boot.clockSource],
      ['Runs on', [virtualizationName[boot.virtualization], boot.hypervisor].filter(Boolean).join(', ')],
      ['CPUs', boot.cpus ?? 'unknown'],
      ['Measures', host.capabilities.map(capability)],
      ['Noise floor', host.noiseFloors.map((floor) => h('div', {}, floorText(floor)))],
      ['Worker', host.workerId],
      ['Contract version', host.contractVersion],
      ['Registered', time(host.registeredAt)],
      ['Last seen', ago(host.seenAt)],
      ...Object.entries(boot.extra),
    ]),
    h('h2', {}, 'Latest runs'),
    resultHistory(runs.items),
    h('h2', {}, 'Mitigations'),
    table(
      'Mitigations',
      [
        { title: 'Vulnerability', cell: ([name]) => name },
        { title: 'State', long: true, cell: ([, text]) => text },
      ],
      Object.entries(boot.mitigations),
      'The kernel tells of none.',
    ),
    h('h2', {}, 'Labels'),
    h(
      'p',
      { class: 'labels' },
      Object.entries(host.labels).map(([name, value]) => h('code', {}, `${name}=${value}`)),
    ),
  );
}

/** @param {boolean | null} invariant */
const invariance = (invariant) =>
  invariant === null ? 'invariance unknown' : invariant ? 'invariant' : 'not invariant';

import { fill, h, title } from '../dom.js';
import { measureLabel, provenance, state, time } from '../format.js';
import { live } from '../live.js';
import { listing } from '../listing.js';
import { changedHow, changedWhen, counted, findingStateNames, hostsText, none, unmeasured } from '#wording';

/** @typedef {import('#contracts').FindingView} FindingView */

/** What the page can show: states, name, what that is, what stands there without one. The first is somebody's business now. */
const views = /** @type {const} */ ([
  ['', 'Now', 'confirmed by fresh runs or noise, still there, and not meant to be so', 'No regression is open.'],
  [
    'suspected,not-confirmed',
    'Unconfirmed',
    'found by a look, and not confirmed by fresh runs',
    'No change waits for fresh runs.',
  ],
  ['expected,resolved,withdrawn', 'Settled', 'meant to be so, gone, or withdrawn', 'None has been settled yet.'],
  ['all', 'All', 'every finding', 'No look has found a change without a known cause yet.'],
]);

/** @type {import('../list-form.js').Filter[]} */
const filters = [
  { name: 'host', label: 'Host', placeholder: 'any' },
  { name: 'generation', label: 'Generation', placeholder: 'Zen 3' },
  { name: 'since', label: 'Since', placeholder: '90d, 2026-11-20' },
];

/**
 * Changes without a known cause, the newest first.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function regressionsPage(main, { query }, signal) {
  const wanted = query.get('state') ?? '';
  const view = views.find(([states]) => states === wanted) ?? views[0];
  const findings = listing({
    caption: 'Regressions',
    columns,
    path: 'v1/regressions',
    query: wanted === '' ? {} : { state: wanted },
    address: query,
    filters,
    empty: view[3],
    signal,
  });
  await findings.start();
  fill(
    main,
    title('Regressions', findings.shown),
    h(
      'p',
      { class: 'quiet' },
      'Changes of level or spread that no known change of a boot state explains; hosts that moved together are one. ',
      'Known changes stand on the trends.',
    ),
    h(
      'nav',
      { class: 'views', 'aria-label': 'State' },
      views.map((one) => tab(one, view, query)),
    ),
    live(10_000, signal, findings.refresh),
    findings.element,
  );
}

/**
 * @param {typeof views[number]} view
 * @param {typeof views[number]} shown
 * @param {URLSearchParams} query
 */
function tab(view, shown, query) {
  const [states, name, hint] = view;
  const to = new URLSearchParams(query);
  if (states === '') to.delete('state');
  else to.set('state', states);
  return h('a', { href: `#/regressions?${to}`, title: hint, 'aria-current': view === shown && 'page' }, name);
}

/** @type {import('../dom.js').Column<FindingView>[]} */
export const columns = [
  {
    title: 'Changed',
    cell: (one) => h('a', { href: `#/regressions/${one.findingId}` }, changedWhen(one)),
  },
  { title: 'How', cell: (one) => h('strong', {}, changedHow(one)) },
  { title: 'Measured', cell: (one) => [measureLabel(one.probe, one.metric), ' ', provenance(one.provenance)] },
  {
    title: 'Hosts',
    long: true,
    cell: ({ hosts, generations }) =>
      `${counted(hosts.length, 'host')} (${hostsText(hosts)}); ${generations.join(', ')}`,
  },
  { title: 'State', cell: (one) => state(findingStateNames[one.state], standing(one)) },
  { title: 'Last said of it', cell: (one) => time(one.changedAt) },
];

/**
 * Who said so, or what is waited for.
 * @param {FindingView} finding
 */
export function standing(finding) {
  const { heldUp, acknowledged, expected, muted, resolved, withdrawn, confirmation } = finding;
  const said = withdrawn?.reason ?? [resolved, expected, muted, acknowledged].find((one) => one !== null);
  if (typeof said === 'string') return said;
  if (said) return `${said.by}: ${said.note ?? none}`;
  if (finding.kind === 'noise') return unmeasured(finding);
  if (heldUp !== null) return heldUp;
  return confirmation?.figures?.reason ?? (confirmation ? 'fresh runs are under way' : '');
}

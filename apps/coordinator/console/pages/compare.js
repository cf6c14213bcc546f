import { ApiProblem, fieldsOf, get } from '../api.js';
import { fill, h, title } from '../dom.js';
import { askedFields, measureSelect } from '../measure-select.js';
import { problemBox } from '../problem-box.js';
import { saveButton } from '../save-button.js';
import { cellsOutcome } from './comparison-cells.js';
import { outcomeOf } from './comparison.js';

/**
 * Is B slower than A? Two selectors of runs, or one split in time, and one metric.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function comparePage(main, { query }, signal) {
  const { items: hosts, nextCursor } = /** @type {import('#contracts').Page<import('#contracts').HostView>} */ (
    await get('v1/hosts?limit=200', signal)
  );
  const outcome = h('section', { 'aria-label': 'Outcome', 'aria-live': 'polite' });
  main.replaceChildren(title('Compare'), form(query, hosts), partOnly(nextCursor), outcome);
  if (!query.get('a') || !(query.get('b') || query.get('before'))) {
    outcome.append(
      h('p', { class: 'empty' }, 'Choose what to compare. The replicate is a run, never a single crossing.'),
    );
    return;
  }
  outcome.append(h('p', { class: 'loading', role: 'status' }, 'Comparing…'));
  const wanted = new URLSearchParams([...query].filter(([, value]) => value !== ''));
  try {
    const asked = wanted.get('by') ? cellsOf(wanted, signal) : oneOf(wanted, signal);
    const report = `v1/compare/report?${wanted}`;
    fill(outcome, await asked, h('p', { class: 'actions' }, saveButton('Save as a page', report, 'comparison.html')));
  } catch (error) {
    // What was refused stands below the form, so that the selectors can be corrected.
    if (!(error instanceof ApiProblem) || ![400, 422].includes(error.problem.status)) throw error;
    fill(outcome, problemBox(error.problem));
  }
}

/**
 * @param {URLSearchParams} wanted
 * @param {AbortSignal} signal
 */
async function oneOf(wanted, signal) {
  return outcomeOf(/** @type {import('#contracts').Comparison} */ (await get(`v1/compare?${wanted}`, signal)));
}

/**
 * @param {URLSearchParams} wanted
 * @param {AbortSignal} signal
 */
async function cellsOf(wanted, signal) {
  const path = `v1/compare/cells?${wanted}`;
  return cellsOutcome(/** @type {import('#contracts').ComparisonCells} */ (await get(path, signal)));
}

/**
 * Suggestions come from one page of hosts: ten thousand would be no help to choose from.
 * @param {string | null} nextCursor
 */
function partOnly(nextCursor) {
  return h(
    'p',
    { class: 'quiet', hidden: nextCursor === null },
    'Suggestions are from the first 200 hosts; any selector may be typed in.',
  );
}

/** What else can be asked, as the command line has it: parameter, label, example. */
const further = /** @type {const} */ ([
  ['before', 'Before (splits A in time)', '2026-11-20T18:00Z'],
  ['since', 'Since', '90d'],
  ['until', 'Until', '2026-11-26'],
  ['by', 'By (a cell for each value)', 'generation,kpti'],
  ['pool', 'May be mixed (pool)', 'kernel'],
  ['allow', 'May differ (allow)', 'microcode'],
  ['control', 'Control hosts', 'role=control'],
  ['margin', 'Counts as equal within ±', '0.01'],
  ['confidence', 'Confidence', '0.95'],
]);

/**
 * @param {URLSearchParams} query
 * @param {import('#contracts').HostView[]} hosts
 */
function form(query, hosts) {
  const suggestions = [
    ...new Set(
      hosts.flatMap((host) => [
        `generation=${host.labels.generation},virt=${host.labels.virt}`,
        `uarch=${host.labels.uarch}`,
        `uarch=${host.labels.uarch},virt=${host.labels.virt}`,
        `host=${host.hostId}`,
        `kernel-series=${host.labels['kernel-series']},kpti=${host.labels.kpti}`,
      ]),
    ),
  ].sort();
  /**
   * @param {string} name
   * @param {string} label
   * @param {{ required?: boolean, list?: string, placeholder?: string }} more
   */
  const field = (name, label, more) => [
    h('label', { for: name }, label),
    h('input', { id: name, name, value: query.get(name) ?? '', spellcheck: 'false', ...more }),
  ];
  return h(
    'form',
    {
      class: 'compare',
      onsubmit: (event) => {
        event.preventDefault();
        location.hash = `/compare?${askedFields(fieldsOf(event.target))}`;
      },
    },
    h('div', {}, field('a', 'A (selector)', { required: true, list: 'selectors' })),
    h('div', {}, field('b', 'B (selector)', { list: 'selectors' })),
    measureSelect(query),
    query.get('jobId') && h('input', { type: 'hidden', name: 'jobId', value: query.get('jobId') }),
    h(
      'datalist',
      { id: 'selectors' },
      suggestions.map((value) => h('option', { value })),
    ),
    h('button', {}, 'Compare'),
    h(
      'details',
      { open: further.some(([name]) => query.get(name)) },
      h('summary', {}, 'Time, cells, what may differ'),
      further.map(([name, label, placeholder]) => h('div', {}, field(name, label, { placeholder }))),
    ),
  );
}

import { ApiProblem, fieldsOf, get } from '../api.js';
import { fill, h, title } from '../dom.js';
import { textField, termChips } from '../fields.js';
import { loading } from '../loading.js';
import { rowsAtOnce } from '../long-table.js';
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
  const { items: labels } = /** @type {import('#contracts').LabelsView} */ (await get('v1/labels', signal));
  const outcome = h('section', { 'aria-label': 'Outcome', 'aria-live': 'polite' });
  main.replaceChildren(title('Compare'), form(query, labels), outcome);
  if (!query.get('a') || !(query.get('b') || query.get('before'))) {
    fill(
      outcome,
      h('p', { class: 'empty' }, 'Choose what to compare. The replicate is a run, never a single crossing.'),
      examplesOf(labels),
    );
    return;
  }
  outcome.append(loading('Comparing…'));
  const wanted = new URLSearchParams([...query].filter(([, value]) => value !== ''));
  try {
    const asked = wanted.get('by') ? cellsOf(wanted, signal) : oneOf(wanted, signal);
    const report = `v1/compare/report?${wanted}`;
    fill(outcome, await asked, h('p', { class: 'actions' }, saveButton('Save as a page', report, 'comparison.html')));
  } catch (error) {
    // What was refused stands below the form, so that the selectors can be corrected.
    if (!(error instanceof ApiProblem) || ![400, 422].includes(error.problem.status)) throw error;
    fill(outcome, problemBox(error));
  }
}

/**
 * @param {URLSearchParams} wanted
 * @param {AbortSignal} signal
 */
async function oneOf(wanted, signal) {
  const answer = /** @type {import('#contracts').Comparison} */ (await get(`v1/compare?${wanted}`, signal));
  return outcomeOf(answer, rowsAtOnce);
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
 * Questions that can be asked of this fleet as it is.
 * @param {import('#contracts').LabelView[]} labels
 */
function examplesOf(labels) {
  /** @param {string} name */
  const valuesOf = (name) => (labels.find((label) => label.name === name)?.values ?? []).map(({ value }) => value);
  /** @param {string} name @param {string} text @param {Record<string, string>} [more] */
  const pair = (name, text, more = {}) => {
    const [a, b] = valuesOf(name);
    if (a === undefined || b === undefined) return [];
    return [{ text: `${text}: ${b} against ${a}`, query: { a: `${name}=${a}`, b: `${name}=${b}`, ...more } }];
  };
  const [generation] = valuesOf('generation');
  const bare = valuesOf('virt').includes('bare') ? ',virt=bare' : '';
  const examples = [
    ...pair('generation', 'Two generations', { by: 'virt' }),
    ...pair('kernel-series', 'Two kernels, in each generation', { by: 'generation,virt' }),
    ...pair('kpti', 'What page-table isolation costs, in each generation', { by: 'generation,kernel-series,virt' }),
    ...pair('virt', 'What a virtual machine costs, in each generation', { by: 'generation' }),
    ...(generation === undefined
      ? []
      : [
          {
            text: `${generation}, the last 30 days against the 90 before`,
            query: { a: `generation=${generation}${bare}`, before: '30d', since: '120d' },
          },
        ]),
  ];
  if (examples.length === 0) return null;
  return [
    h('h2', {}, 'Examples of what this fleet has'),
    h(
      'ul',
      {},
      examples.map(({ text, query }) =>
        h(
          'li',
          {},
          h('a', { href: `#/compare?${new URLSearchParams({ ...query, probe: 'pf', metric: 'u2k' })}` }, text),
        ),
      ),
    ),
  ];
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
 * @param {import('#contracts').LabelView[]} labels
 */
function form(query, labels) {
  /** @param {string} name @param {string} label @param {Record<string, unknown>} more */
  const field = (name, label, more) => textField(name, label, query.get(name), more);
  const [a, b] = [
    field('a', 'A (selector)', { required: true, list: 'selectors' }),
    field('b', 'B (selector)', { list: 'selectors' }),
  ];
  /** Where a chip's term goes: to the side that was last typed in. */
  let side = a;
  const chips = termChips(
    labels,
    'Terms for the side that was typed in last',
    () => /** @type {HTMLInputElement} */ (side.querySelector('input')),
  );
  return h(
    'form',
    {
      class: 'compare',
      onsubmit: (event) => {
        event.preventDefault();
        location.hash = `/compare?${askedFields(fieldsOf(event.target))}`;
      },
      onfocusin: (event) => {
        const { name } = /** @type {HTMLInputElement} */ (event.target);
        if (name === 'a' || name === 'b') side = name === 'a' ? a : b;
      },
    },
    a,
    b,
    measureSelect(query),
    query.get('jobId') && h('input', { type: 'hidden', name: 'jobId', value: query.get('jobId') }),
    h(
      'datalist',
      { id: 'selectors' },
      [...chips.querySelectorAll('button')].map(({ textContent }) => h('option', { value: textContent })),
    ),
    chips,
    h('button', {}, 'Compare'),
    h(
      'details',
      { open: further.some(([name]) => query.get(name)) },
      h('summary', {}, 'Time, cells, what may differ'),
      further.map(([name, label, placeholder]) => field(name, label, { placeholder })),
    ),
  );
}

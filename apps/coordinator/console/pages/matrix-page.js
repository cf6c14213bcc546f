import { ApiProblem, fieldsOf, get } from '../api.js';
import { fill, h, notes, title } from '../dom.js';
import { choiceField, textField } from '../fields.js';
import { measureLabel, state } from '../format.js';
import { change, count, counted, none } from '#wording';
import { loading } from '../loading.js';
import { askedFields, measureSelect } from '../measure-select.js';
import { problemBox } from '../problem-box.js';
import { whyRefused } from './refusal.js';

/** @typedef {import('#contracts').ComparisonCell} Cell */
/** @typedef {import('#contracts').LabelView} LabelView */

/** What machines differ in: one is compared, the others make the cells. */
const dimensions = /** @type {const} */ ([
  ['generation', 'Generation'],
  ['kernel', 'Kernel'],
  ['kernel-series', 'Kernel series'],
  ['kpti', 'Page-table isolation'],
  ['virt', 'Bare or VM'],
]);

/** The first is usual: a series with runs of two releases is mixed, so that its cells would be refused. */
const kernelCells = /** @type {const} */ ([
  ['kernel', 'each release'],
  ['kernel-series', 'by series'],
]);
const kernelFields = kernelCells.map(([name]) => name);
/** @param {string} name */
const isOfKernels = (name) => kernelFields.some((one) => one === name);

/** More cells than a page and a comparison hold. */
const usual = { dimension: 'kpti', since: '90d' };

/**
 * The fields whose values make the cells: all but what is compared, and of kernels either releases or series.
 * @param {string} dimension
 * @param {string | null} kernels
 */
function cellFields(dimension, kernels) {
  const ofKernels = isOfKernels(dimension) ? null : (kernelFields.find((name) => name === kernels) ?? kernelFields[0]);
  return dimensions
    .map(([name]) => name)
    .filter((name) => (isOfKernels(name) ? name === ofKernels : name !== dimension));
}

/**
 * Generation × kernel × mitigation × bare or VM: one of them compared, the others held fixed in each cell.
 * @param {HTMLElement} main
 * @param {{ query: URLSearchParams }} parameters
 * @param {AbortSignal} signal
 */
export async function matrixPage(main, { query }, signal) {
  const { items } = /** @type {import('#contracts').LabelsView} */ (await get('v1/labels', signal));
  const dimension = dimensions.find(([name]) => name === query.get('dimension'))?.[0] ?? usual.dimension;
  // Those of most hosts come first.
  const common = (items.find(({ name }) => name === dimension)?.values ?? []).map(({ value }) => value);
  const [first = '', second = ''] = common.slice(0, 2).sort(inOrder);
  const a = query.get('a') ?? first;
  const b = query.get('b') ?? [second, first].find((value) => value !== a) ?? '';
  const values = common.sort(inOrder);
  const outcome = h('section', { 'aria-label': 'Matrix', 'aria-live': 'polite' });
  fill(
    main,
    title('Matrix', h('span', { class: 'quiet' }, 'one thing compared, all else held fixed in each cell')),
    form(query, dimension, values, a, b),
    outcome,
  );
  if (a === '' || b === '') {
    fill(
      outcome,
      h(
        'p',
        { class: 'empty' },
        `All runs have one ${dimension}${a === '' ? '' : `, ${a}`}: there is nothing to compare it with.`,
      ),
    );
    return;
  }
  fill(outcome, loading('Comparing…'));
  const by = cellFields(dimension, query.get('kernels'));
  const [probe = 'pf', metric = 'u2k'] = [query.get('probe') ?? 'pf', query.get('metric') ?? 'u2k'];
  const asked = new URLSearchParams({
    ...{ a: within(query.get('selector'), dimension, a), b: within(query.get('selector'), dimension, b) },
    ...{ by: by.join(','), probe, metric, since: query.get('since') || usual.since },
    ...(query.get('pool') && { pool: query.get('pool') ?? '' }),
  });
  try {
    const cells = /** @type {import('#contracts').ComparisonCells} */ (await get(`v1/compare/cells?${asked}`, signal));
    fill(outcome, grid(cells, { dimension, a, b }, query));
  } catch (error) {
    if (!(error instanceof ApiProblem) || ![400, 422].includes(error.problem.status)) throw error;
    fill(outcome, problemBox(error));
  }
}

const inOrder = new Intl.Collator('en', { numeric: true }).compare;

/**
 * @param {string | null} selector
 * @param {string} dimension
 * @param {string} value
 */
const within = (selector, dimension, value) =>
  [selector?.trim() === '*' ? '' : selector, `${dimension}=${value}`].filter(Boolean).join(',');

/**
 * A row a generation (or, where that is compared, a kernel), a column for each combination of the others.
 * @param {import('#contracts').ComparisonCells} answer
 * @param {{ dimension: string, a: string, b: string }} compared
 * @param {URLSearchParams} query of the address
 */
function grid({ by, cells, unmatched, warnings }, { dimension, a, b }, query) {
  const [first = '', ...others] = by;
  /** @param {Record<string, string | null>} values */
  const columnOf = (values) => others.map((field) => values[field] ?? none).join('\n');
  /** @param {Record<string, string | null>} values */
  const rowOf = (values) => values[first] ?? none;
  const all = [...cells, ...unmatched];
  const rows = [...new Set(all.map(({ values }) => rowOf(values)))].sort(inOrder);
  const columns = [...new Set(all.map(({ values }) => columnOf(values)))].sort(inOrder);
  if (rows.length === 0) return h('p', { class: 'empty' }, 'No run matches in this time.');
  const measured = cells[0]?.comparison;
  return [
    h(
      'h2',
      {},
      `Is ${dimension} ${b} slower than ${a}?`,
      measured && h('span', { class: 'quiet' }, ` ${measureLabel(measured.probe, measured.metric)}`),
    ),
    notes(warnings),
    h(
      'div',
      { class: 'scroll matrix', role: 'region', 'aria-label': 'Matrix', tabindex: 0 },
      h(
        'table',
        {},
        h('caption', { class: 'sr-only' }, `${dimension} ${b} against ${a}`),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, first),
            columns.map((column) =>
              h(
                'th',
                { scope: 'col' },
                column
                  .split('\n')
                  .map((value, i) => h('div', {}, h('span', { class: 'field' }, `${others[i]} `), value)),
              ),
            ),
          ),
        ),
        h(
          'tbody',
          {},
          rows.map((row) =>
            h(
              'tr',
              {},
              h('th', { scope: 'row' }, row),
              columns.map((column) =>
                h(
                  'td',
                  {},
                  matrixCell(
                    cells.find(({ values }) => rowOf(values) === row && columnOf(values) === column),
                    unmatched.filter(({ values }) => rowOf(values) === row && columnOf(values) === column),
                    { a, b },
                  ),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
    cells.length > 0 &&
      h(
        'p',
        { class: 'quiet' },
        `Slower and faster hold with all ${counted(cells.length, 'cell')} in view (Holm). The counts are runs of ${a} and of ${b}. Each cell leads to its comparison; nothing is pooled that a comparison would refuse.`,
      ),
    whyRefused(cells, (values) => `${rowOf(values)} (${columnOf(values).replaceAll('\n', ', ')})`),
    mayBeMixed(cells, query),
  ];
}

/**
 * The same matrix with a field allowed to be mixed, one click each: said where cells are refused for it, done only when it is asked for.
 * @param {Cell[]} cells
 * @param {URLSearchParams} query of the address
 */
function mayBeMixed(cells, query) {
  const refusals = cells.flatMap(({ comparison }) => comparison.refusals.filter(({ kind }) => kind === 'mixed'));
  const fields = [...new Set(refusals.map(({ field }) => field ?? ''))].sort();
  if (fields.length === 0) return null;
  /** @param {string} field */
  const link = (field) => {
    const pool = [...(query.get('pool') ?? '').split(',').filter(Boolean), field].join(',');
    return h('a', { href: `#/matrix?${new URLSearchParams({ ...Object.fromEntries(query), pool })}` }, field);
  };
  return h(
    'p',
    {},
    'Ask again, and let the sides of a cell mix: ',
    fields.map((field, i) => [i > 0 && ' · ', link(field)]),
    h('span', { class: 'quiet' }, ' (the answers then speak for these mixtures)'),
  );
}

/**
 * @param {Cell | undefined} cell
 * @param {import('#contracts').ComparisonCells['unmatched']} alone
 * @param {{ a: string, b: string }} sides
 */
function matrixCell(cell, alone, { a, b }) {
  if (!cell) {
    const [one] = alone;
    return h('span', { class: 'quiet' }, one ? `only ${one.side === 'a' ? a : b}` : none);
  }
  const { comparison, verdict } = cell;
  const refused = comparison.refusals.length > 0;
  const why = refused ? comparison.refusals.map(({ reason }) => reason).join('; ') : comparison.reason;
  return [
    h('a', { href: comparison.repeat.path.replace(/^\//, ''), title: why }, state(refused ? 'refused' : verdict)),
    comparison.ratio !== null && h('div', { class: 'figure' }, change(comparison.ratio)),
    h('div', { class: 'quiet' }, `${count(comparison.a.runs)} and ${counted(comparison.b.runs, 'run')}`),
  ];
}

/**
 * @param {URLSearchParams} query
 * @param {string} dimension
 * @param {string[]} values
 * @param {string} a
 * @param {string} b
 */
function form(query, dimension, values, a, b) {
  const own = values.map((value) => /** @type {const} */ ([value, value]));
  return h(
    'form',
    {
      class: 'compare',
      onsubmit: (event) => {
        event.preventDefault();
        const asked = askedFields(fieldsOf(event.target));
        // Values of another dimension are none of this one.
        if (asked.get('dimension') !== dimension) for (const side of ['a', 'b']) asked.delete(side);
        if (asked.get('kernels') === kernelFields[0]) asked.delete('kernels');
        location.hash = `/matrix?${asked}`;
      },
      onchange: (event) => {
        if (event.target.name === 'dimension') event.target.form?.requestSubmit();
      },
    },
    choiceField('dimension', 'Compare', dimensions, dimension),
    choiceField('a', 'A', own, a),
    choiceField('b', 'B', own, b),
    ...(isOfKernels(dimension) ? [] : [choiceField('kernels', 'Kernels', kernelCells, query.get('kernels'))]),
    measureSelect(query),
    textField('selector', 'Only runs of', query.get('selector'), { placeholder: 'rack=r4' }),
    textField('since', 'Since', query.get('since'), { placeholder: usual.since }),
    textField('pool', 'May be mixed (pool)', query.get('pool'), { placeholder: 'kernel' }),
    h('button', {}, 'Compare'),
  );
}

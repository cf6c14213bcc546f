// A comparison as a page of its own that needs no fleet and no script: the coordinator makes it of the pages' own parts
// (apps/coordinator/src/compare/report).
import { facts, h, table } from './dom.js';
import { measureLabel, selector, time } from './format.js';
import { cellsOutcome } from './pages/comparison-cells.js';
import { outcomeOf, valuesText } from './pages/comparison.js';

/** @typedef {import('../src/compare/report/content.js').Report} Report */

/** @param {Report} report */
export function reportOf({ asked, answer, boots, madeAt, coordinator, release }) {
  const first = 'cells' in answer ? answer.cells[0]?.comparison : answer;
  return h(
    'main',
    { class: 'report' },
    h('h1', {}, 'Is B slower than A?'),
    facts([
      ['Measured', first && measureLabel(first.probe, first.metric)],
      ['A', selector(asked.a)],
      ['B', selector(asked.b)],
      ['Answered', time(madeAt)],
      ['By', `xperf-fleet ${release} at ${coordinator}`],
    ]),
    'cells' in answer
      ? [cellsOutcome(answer), answer.cells.map((cell) => cellSection(answer.by, cell))]
      : outcomeOf(answer),
    h('h2', {}, 'Boot states and executors'),
    h('p', { class: 'quiet' }, 'Every field of the runs on both sides, with the number of runs.'),
    table(
      'Boot states and executors',
      [
        { title: 'Field', cell: (row) => h('code', {}, row.field) },
        { title: 'A (runs)', long: true, cell: (row) => valuesText(row.a) },
        { title: 'B (runs)', long: true, cell: (row) => valuesText(row.b) },
      ],
      [...boots],
    ),
  );
}

/**
 * @param {string[]} by
 * @param {import('#contracts').ComparisonCells['cells'][number]} cell
 */
function cellSection(by, { values, comparison }) {
  const name = by.map((field) => `${field}=${values[field] ?? 'not known'}`).join(', ');
  return h('section', { 'aria-label': name }, h('h2', {}, name), outcomeOf(comparison));
}

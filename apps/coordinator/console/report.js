// A comparison, or a finding, as a page of its own that needs no fleet and no script: the coordinator makes it of the pages' own
// parts (apps/coordinator/src/compare/report).
import { facts, h, table } from './dom.js';
import { measureLabel, selector, time } from './format.js';
import { cellsOutcome } from './pages/comparison-cells.js';
import { outcomeOf, valuesText } from './pages/comparison.js';
import { findingDetail, findingHeadline, findingLevels } from './pages/finding.js';

/** @typedef {import('../src/compare/report/content.js').Report} Report */
/** @typedef {import('../src/compare/report/content.js').ComparisonReport} ComparisonReport */
/** @typedef {import('../src/compare/report/content.js').FindingReport} FindingReport */

/** @param {Report} report */
export function reportOf(report) {
  return 'finding' in report
    ? { title: findingHeadline(report.finding), body: findingReport(report) }
    : { title: comparisonTitle, body: comparisonReport(report) };
}

const comparisonTitle = 'Is B slower than A?';

/** @param {ComparisonReport} report */
function comparisonReport({ asked, answer, boots, madeAt, coordinator, release }) {
  const first = 'cells' in answer ? answer.cells[0]?.comparison : answer;
  return h(
    'main',
    { class: 'report' },
    h('h1', {}, comparisonTitle),
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
    bootsSection(boots),
  );
}

/** @param {FindingReport} report */
function findingReport({ finding, fresh, madeAt, coordinator, release }) {
  return h(
    'main',
    { class: 'report' },
    h('h1', {}, findingHeadline(finding)),
    facts([
      ['Finding', h('a', { href: `#/regressions/${finding.findingId}` }, finding.findingId)],
      ['Answered', time(madeAt)],
      ['By', `xperf-fleet ${release} at ${coordinator}`],
    ]),
    findingDetail(finding),
    h('h2', {}, 'Levels'),
    findingLevels(finding),
    h('h2', {}, 'Fresh runs (B) against those before the change (A)'),
    'reason' in fresh ? h('p', { class: 'quiet' }, fresh.reason) : [outcomeOf(fresh.answer), bootsSection(fresh.boots)],
  );
}

/** @param {ComparisonReport['boots']} boots */
function bootsSection(boots) {
  return [
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
  ];
}

/**
 * @param {string[]} by
 * @param {import('#contracts').ComparisonCells['cells'][number]} cell
 */
function cellSection(by, { values, comparison }) {
  const name = by.map((field) => `${field}=${values[field] ?? 'not known'}`).join(', ');
  return h('section', { 'aria-label': name }, h('h2', {}, name), outcomeOf(comparison));
}

import { h, notes, table } from '../dom.js';
import { measureLabel, provenance, state } from '../format.js';
import { guestText, intervalText, matrixText, none, ratio, wholePercent } from '#wording';

/**
 * What a job's matrix asks for, as facts.
 * @param {import('#contracts').Matrix | undefined} matrix
 * @returns {import('../dom.js').Fact[]}
 */
export const matrixFacts = (matrix) => (matrix ? [['Guests', matrixText(matrix)]] : []);

/**
 * Each pair of cells that differ in one dimension, with its verdict and the way to the comparison itself.
 * @param {import('#contracts').MatrixComparison[]} comparisons
 */
export function matrixSection(comparisons) {
  if (comparisons.length === 0) return [];
  const warnings = [...new Set(comparisons.flatMap(({ comparison }) => comparison.warnings))];
  return [
    h('h2', {}, 'Cells compared'),
    h('p', { class: 'quiet' }, 'B against A by run medians; all but one dimension of the matrix held fixed.'),
    notes(warnings),
    table('Cells compared', columns, comparisons),
  ];
}

/** @type {import('../dom.js').Column<import('#contracts').MatrixComparison>[]} */
const columns = [
  { title: 'Metric', cell: ({ comparison }) => measureLabel(comparison.probe, comparison.metric) },
  { title: 'A', cell: ({ a }) => guestText(a) },
  { title: 'B', cell: ({ b }) => guestText(b) },
  { title: 'B / A', number: true, cell: ({ comparison }) => h('strong', {}, ratio(comparison.ratio)) },
  { title: 'Interval', number: true, cell: ({ comparison: { interval } }) => withConfidence(interval) },
  { title: 'B is', cell: ({ comparison }) => compareLink(comparison) },
  {
    title: 'Provenance',
    cell: ({ comparison: { a, b } }) => [...new Set([...a.provenance, ...b.provenance])].map(provenance),
  },
];

/** @param {import('#contracts').Comparison['interval']} interval */
const withConfidence = (interval) =>
  interval ? `${wholePercent(interval.confidence)}: ${intervalText(interval)}` : none;

/**
 * A cell that no guest has booted in has no labels to be found by, so there is nothing to go to.
 * @param {import('#contracts').Comparison} comparison
 */
function compareLink({ a, b, verdict, reason, repeat }) {
  if (a.runs === 0 || b.runs === 0) return h('span', { title: reason }, state(verdict));
  return h('a', { href: repeat.path.replace(/^\//, ''), title: reason }, state(verdict));
}

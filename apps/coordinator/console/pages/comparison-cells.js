import { facts, h, notes, table, words } from '../dom.js';
import { measureLabel, state } from '../format.js';
import { count, intervalText, none, ratio } from '#wording';
import { whyRefused } from './refusal.js';
import { repeatLinks } from './comparison.js';

/**
 * A row a cell, each with the way to its own comparison.
 * @param {import('#contracts').ComparisonCells} table of cells
 */
export function cellsOutcome({ by, cells, unmatched, warnings, repeat }) {
  const [first] = cells;
  /** @param {Record<string, string | null>} values */
  const valuesText = (values) => by.map((field) => `${field}=${values[field] ?? none}`).join(', ');
  return [
    first && h('h2', {}, measureLabel(first.comparison.probe, first.comparison.metric)),
    notes(warnings),
    table(
      'Cells',
      [
        ...by.map((field) => ({
          title: field,
          /** @param {import('#contracts').ComparisonCell} cell */
          cell: (cell) => cell.values[field] ?? none,
        })),
        { title: 'Runs A', number: true, cell: ({ comparison }) => count(comparison.a.runs) },
        { title: 'Runs B', number: true, cell: ({ comparison }) => count(comparison.b.runs) },
        { title: 'B / A', number: true, cell: ({ comparison }) => h('strong', {}, ratio(comparison.ratio)) },
        { title: 'Interval', number: true, cell: ({ comparison }) => intervalText(comparison.interval) },
        {
          title: 'B is',
          cell: ({ comparison, verdict }) =>
            h(
              'a',
              { href: comparison.repeat.path.replace(/^\//, ''), title: comparison.reason },
              comparison.refusals.length > 0 ? 'refused' : state(verdict),
            ),
        },
        {
          title: 'Why not',
          long: true,
          cell: whyNot,
        },
      ],
      cells,
      'The sides have no cell in common.',
    ),
    h('p', { class: 'quiet' }, `Slower and faster hold with all ${count(cells.length)} cells in view (Holm).`),
    whyRefused(cells, valuesText),
    unmatched.length > 0 && [
      h('h2', {}, 'On one side only'),
      table(
        'On one side only',
        [
          { title: 'Values', long: true, cell: (row) => valuesText(row.values) },
          { title: 'Side', cell: (row) => row.side.toUpperCase() },
          { title: 'Runs', number: true, cell: (row) => count(row.runs) },
        ],
        unmatched,
      ),
    ],
    facts([['The same again', repeatLinks(repeat)]]),
  ];
}

/**
 * Why there is no verdict, and what would give one.
 * @param {import('#contracts').ComparisonCell} cell
 */
function whyNot({ verdict, comparison }) {
  const { refusals, reason, more } = comparison;
  if (refusals.length > 0) return 'see below';
  if (verdict !== 'inconclusive') return none;
  if (comparison.verdict !== 'inconclusive') return `${comparison.verdict} by itself, but not with all cells in view`;
  return words([reason, more].filter(Boolean).join('; '));
}

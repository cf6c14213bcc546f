import { type ComparisonCell, type ComparisonCells, measureName } from '#contracts';
import { count, counted, intervalText, none, percent, ratio } from '#wording';
import { repeatText } from './comparison.js';
import { type Look, numbers, plainLook } from './columns.js';
import { wrapped } from './format.js';
import { type Listing, rowsOfATerminal, selectorOf, tableText } from './listing.js';
import { verdictPainted } from './verdict-colour.js';

/** Of each kind below the table: candidates, obstacles, values that one side alone has. They take two or three lines each. */
const notesShown = 3;

/** Expected share of false alarms up to which a cell is named that Holm does not let pass. */
const candidateShare = 0.05;

const valueText = (value: string | null): string => value ?? none;

/** A row a cell; `-o name` is a selector of its runs. */
export const comparisonCellsListing = ({ by, cells: rows }: ComparisonCells): Listing<ComparisonCell> => ({
  columns: [
    ...by.map((field) => ({ head: field, of: ({ values }: ComparisonCell) => valueText(values[field] ?? null) })),
    {
      ...{ head: 'runs ', raw: ({ comparison: { a, b } }: ComparisonCell) => a.runs + b.runs },
      of: ({ comparison: { a, b } }) => `${count(a.runs)}+${count(b.runs)}`,
    },
    numbers('b/a', ({ comparison }) => comparison.ratio, ratio),
    { head: 'interval', of: ({ comparison }) => intervalText(comparison.interval) },
    {
      head: 'b is',
      of: ({ comparison, verdict }) => (comparison.refusals.length > 0 ? 'refused' : verdict),
      paint: (text, { comparison, verdict }, paint) =>
        verdictPainted(text, comparison.refusals.length > 0 ? null : verdict, paint),
    },
  ],
  rows,
  name: ({ values }) => selectorOf(by, values),
});

/** Of many cells those that a person looks for: what got slower or faster, then what moved most. */
function mostTelling(cells: ComparisonCell[]): ComparisonCell[] {
  if (cells.length <= rowsOfATerminal) return cells;
  const claims = ({ verdict }: ComparisonCell): number => (verdict === 'slower' || verdict === 'faster' ? 1 : 0);
  const moved = ({ comparison: { ratio: found } }: ComparisonCell): number => Math.abs(Math.log(found ?? 1));
  return [...cells].sort((x, y) => claims(y) - claims(x) || moved(y) - moved(x)).slice(0, rowsOfATerminal);
}

/** A line a cell, and how to look closer at one. `all`: however many cells there are. */
export function comparisonCellsText(answer: ComparisonCells, url: string, look: Look = plainLook, all = false): string {
  const { by, cells, unmatched, warnings, repeat } = answer;
  const [first] = cells;
  const measure = first === undefined ? [] : [measureName(first.comparison.probe, first.comparison.metric)];
  const reasons = new Map<string, number>();
  for (const { comparison } of cells) {
    const { refusals, interval, reason, more } = comparison;
    // A cell that was judged shows why in its interval.
    const obstacles = interval === null && refusals.length === 0 && more !== null ? [{ reason, remedy: more }] : [];
    for (const one of [...refusals, ...obstacles]) {
      const text = `${one.reason} → ${one.remedy}`;
      reasons.set(text, (reasons.get(text) ?? 0) + 1);
    }
  }
  const alone = unmatched.map(
    ({ values, side, runs }) =>
      `only ${side} has ${by.map((field) => `${field}=${valueText(values[field] ?? null)}`).join(', ')} (${counted(runs, 'run')})`,
  );
  // What Holm does not let pass, but would be right in most cases: worth a measurement of its own.
  const candidates = cells.filter(
    ({ verdict, comparison, qValue }) => verdict !== comparison.verdict && qValue !== null && qValue <= candidateShare,
  );
  const closerLooks = candidates.map(
    ({ values, comparison, qValue }) =>
      `${by.map((field) => `${field}=${valueText(values[field] ?? null)}`).join(', ')} looks ${comparison.verdict}; of such cells up to ${percent(qValue ?? 0)} look so by luck (Benjamini and Hochberg): measure it again`,
  );
  const rows = all ? cells : mostTelling(cells);
  const notes = (list: readonly string[]): string[] => {
    const shown = all ? list : list.slice(0, notesShown);
    const left = list.length - shown.length;
    return [...shown.map((text) => wrapped(`! ${text}`)), ...(left > 0 ? [`… ${left} more of these: --all`] : [])];
  };
  const closer = first === undefined ? [] : ['one of them in full:', `  ${first.comparison.repeat.command}`];
  return [
    ...measure,
    ...(cells.length === 0 ? [] : [tableText(comparisonCellsListing({ ...answer, cells: rows }), look)]),
    ...(rows.length < cells.length ? [`… ${counted(cells.length - rows.length, 'cell')} more: --all`] : []),
    ...(cells.filter(({ pValue }) => pValue !== null).length < 2
      ? []
      : [wrapped('slower and faster hold with all cells in view (Holm)')]),
    ...notes(closerLooks),
    ...notes([...reasons].sort(([, x], [, y]) => y - x).map(([text]) => text)),
    ...notes(alone),
    ...warnings.map((text) => wrapped(`! ${text}`)),
    ...closer,
    ...repeatText(repeat, url),
  ].join('\n');
}

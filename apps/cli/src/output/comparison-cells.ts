import { type ComparisonCells, measureName } from '#contracts';
import { count, counted, intervalText, none, percent, ratio } from '#wording';
import { repeatText } from './comparison.js';
import { table, wrapped } from './format.js';

/** Expected share of false alarms up to which a cell is named that Holm does not let pass. */
const candidateShare = 0.05;

const valueText = (value: string | null): string => value ?? none;

/** A line a cell, and how to look closer at one. */
export function comparisonCellsText({ by, cells, unmatched, warnings, repeat }: ComparisonCells, url: string): string {
  const rows = cells.map(({ values, comparison, verdict }) => [
    ...by.map((field) => valueText(values[field] ?? null)),
    `${count(comparison.a.runs)}+${count(comparison.b.runs)}`,
    ratio(comparison.ratio),
    intervalText(comparison.interval),
    comparison.refusals.length > 0 ? 'refused' : verdict,
  ]);
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
  const shown = 12;
  const more = (list: readonly string[]): string[] =>
    list.length > shown ? [...list.slice(0, shown), `and ${list.length - shown} more (--json)`] : [...list];
  const closer = first === undefined ? [] : ['one of them in full:', `  ${first.comparison.repeat.command}`];
  return [
    ...measure,
    ...(cells.length === 0 ? [] : [table([...by, 'runs ', 'b/a ', 'interval', 'b is'], rows)]),
    ...(cells.filter(({ pValue }) => pValue !== null).length < 2
      ? []
      : [wrapped('slower and faster hold with all cells in view (Holm)')]),
    ...more(closerLooks).map((text) => wrapped(`! ${text}`)),
    ...more([...reasons.keys()]).map((text) => wrapped(`! ${text}`)),
    ...more(alone).map((text) => wrapped(`! ${text}`)),
    ...warnings.map((text) => wrapped(`! ${text}`)),
    ...closer,
    ...repeatText(repeat, url),
  ].join('\n');
}

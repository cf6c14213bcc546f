import { type ComparisonCells, measureName } from '#contracts';
import { count, counted, intervalText, none, ratio } from '#wording';
import { repeatText } from './comparison.js';
import { table, wrapped } from './format.js';

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
    for (const { reason, remedy } of comparison.refusals) {
      const text = `${reason} → ${remedy}`;
      reasons.set(text, (reasons.get(text) ?? 0) + 1);
    }
  }
  const alone = unmatched.map(
    ({ values, side, runs }) =>
      `only ${side} has ${by.map((field) => `${field}=${valueText(values[field] ?? null)}`).join(', ')} (${counted(runs, 'run')})`,
  );
  const shown = 12;
  const more = (list: readonly string[]): string[] =>
    list.length > shown ? [...list.slice(0, shown), `and ${list.length - shown} more (--json)`] : [...list];
  const closer = first === undefined ? [] : ['one of them in full:', `  ${first.comparison.repeat.command}`];
  return [
    ...measure,
    ...(cells.length === 0 ? [] : [table([...by, 'runs ', 'b/a ', 'interval', 'b is'], rows)]),
    ...(cells.length < 2 ? [] : [wrapped(`verdicts hold with all ${cells.length} cells in view (Holm)`)]),
    ...more([...reasons.keys()]).map((text) => wrapped(`! ${text}`)),
    ...more(alone).map((text) => wrapped(`! ${text}`)),
    ...warnings.map((text) => wrapped(`! ${text}`)),
    ...closer,
    ...repeatText(repeat, url),
  ].join('\n');
}

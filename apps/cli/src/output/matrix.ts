import { measureName, type Comparison, type JobComparisons } from '#contracts';
import { guestText, intervalText, ratio as ratioFigure, wholePercent } from '#wording';
import { table } from './format.js';

/** In nanoseconds where the cells' clocks differ, which is said. */
const ratioText = ({ ratio, unit }: Comparison): string => `${ratioFigure(ratio)}${unit === 'ns' ? ' ns' : ''}`;

/** The cells of a matrix compared, a line each, and how to look closer. Empty without a matrix. */
export function matrixText({ comparisons }: JobComparisons): string {
  const [first] = comparisons;
  if (first === undefined) return '';
  const rows = comparisons.map(({ a, b, comparison }) => [
    measureName(comparison.probe, comparison.metric),
    guestText(a),
    guestText(b),
    ratioText(comparison),
    intervalText(comparison.interval),
    comparison.interval === null ? `${comparison.verdict}: ${comparison.reason}` : comparison.verdict,
  ]);
  const { confidence } = comparisons.map((one) => one.comparison.interval).find((one) => one !== null) ?? {};
  const interval = confidence === undefined ? 'interval' : `${wholePercent(confidence)} interval`;
  const warnings = [...new Set(comparisons.flatMap(({ comparison }) => comparison.warnings))];
  return [
    '',
    table(['cells', 'a', 'b', 'b/a ', interval, 'b is'], rows),
    ...warnings.map((warning) => `! ${warning}`),
    `one of them in full: ${first.comparison.repeat.command}`,
  ].join('\n');
}

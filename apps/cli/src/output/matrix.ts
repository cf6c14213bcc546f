import { guestText, measureName, type Comparison, type JobComparisons } from '#contracts';
import { table } from './format.js';

const words = {
  slower: 'b takes longer',
  faster: 'b is quicker',
  equal: 'as long',
  inconclusive: 'can’t tell',
} as const;

/** In nanoseconds where the cells' clocks differ, which is said. */
function ratioText({ ratio, unit }: Comparison): string {
  return ratio === null ? '–' : `${ratio.toFixed(3)}${unit === 'ns' ? ' ns' : ''}`;
}

function intervalText({ interval }: Comparison): string {
  return interval === null ? '–' : `${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}`;
}

/** The cells of a matrix compared, a line each, and how to look closer. Empty without a matrix. */
export function matrixText({ jobId, comparisons }: JobComparisons): string {
  const [first] = comparisons;
  if (first === undefined) return '';
  const rows = comparisons.map(({ a, b, comparison }) => [
    measureName(comparison.probe, comparison.metric),
    guestText(a),
    guestText(b),
    ratioText(comparison),
    intervalText(comparison),
    comparison.interval === null ? `${words[comparison.verdict]}: ${comparison.reason}` : words[comparison.verdict],
  ]);
  const { confidence } = comparisons.map((one) => one.comparison.interval).find((one) => one !== null) ?? {};
  const interval = confidence === undefined ? 'interval' : `${(confidence * 100).toFixed(0)} % interval`;
  const warnings = [...new Set(comparisons.flatMap(({ comparison }) => comparison.warnings))];
  const { a, b, probe, metric } = first.comparison;
  return [
    '',
    table(['cells', 'a', 'b', 'b/a ', interval, 'verdict'], rows),
    ...warnings.map((warning) => `! ${warning}`),
    `one of them in full: xf compare '${a.selector}' '${b.selector}' --probe ${probe} --metric ${metric} --job ${jobId}`,
  ].join('\n');
}

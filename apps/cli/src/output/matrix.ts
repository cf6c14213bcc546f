import { guestText, type JobComparisons } from '#contracts';
import { count } from './format.js';
import { verdictText } from './comparison.js';

/** The cells of a matrix compared, a line each, and how to look closer. Empty without a matrix. */
export function matrixText({ jobId, comparisons }: JobComparisons): string {
  const [first] = comparisons;
  if (first === undefined) return '';
  const lines = comparisons.map(({ a, b, comparison }) => {
    const { ratio, interval } = comparison;
    const figures =
      ratio === null || interval === null
        ? ''
        : ` b/a ${ratio.toFixed(3)} (${(interval.confidence * 100).toFixed(0)} %: ${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}), ${count(comparison.a.runs)} and ${count(comparison.b.runs)} runs.`;
    return `  a ${guestText(a)} → b ${guestText(b)}\n    ${verdictText(comparison)}${figures}`;
  });
  const warnings = [...new Set(comparisons.flatMap(({ comparison }) => comparison.warnings))];
  const { selector } = first.comparison.a;
  return [
    'Cells compared (b against a, run medians):',
    ...lines,
    ...warnings.map((warning) => `  ! ${warning}`),
    `  more of one: xf compare ${selector} ${first.comparison.b.selector} --job ${jobId}`,
  ].join('\n');
}

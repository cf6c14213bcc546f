import type { Comparison } from '#contracts';
import { change, margin, percent, ratio as ratioText } from './figures.js';

type Judged = Pick<Comparison, 'verdict' | 'unit' | 'ratio'> & {
  method: Pick<Comparison['method'], 'margin'>;
  refusals?: readonly unknown[];
};

/** Units as they stand behind a figure. */
export const unitName = { cycles: 'TSC cycles', ns: 'ns', coreCycles: 'core cycles' } as const;

/**
 * What a comparison says of b, in one sentence without its full stop; a table has room for the verdict's word only.
 *
 * @param names of the sides, where they are not called a and b
 */
export function verdictSentence(
  { verdict, unit, ratio, method, refusals = [] }: Judged,
  { a, b }: { a: string; b: string } = { a: 'a', b: 'b' },
): string {
  if (refusals.length > 0) return `${a} and ${b} are not compared`;
  const by = ratio === null || unit === null ? '' : ` (${change(ratio)} in ${unitName[unit]})`;
  return {
    slower: `${b} is slower than ${a}${by}`,
    faster: `${b} is faster than ${a}${by}`,
    equal: `${b} and ${a} are equal within ${margin(method.margin)}`,
    inconclusive: `inconclusive whether ${b} is slower or faster than ${a}`,
  }[verdict];
}

/** `0.983 to 1.052`; a dash without an interval. */
export const intervalText = (interval: Comparison['interval']): string =>
  interval === null ? ratioText(null) : `${ratioText(interval.low)} to ${ratioText(interval.high)}`;

/** Why a verdict is what it is: where the interval lies against the margin, in one sentence without its full stop. */
export function whyVerdict(
  verdict: Comparison['verdict'],
  interval: NonNullable<Comparison['interval']>,
  margin: number,
): string {
  const where = {
    slower: 'lies wholly above',
    faster: 'lies wholly below',
    equal: 'lies within',
    inconclusive: 'crosses an edge of',
  }[verdict];
  return `the ${percent(interval.confidence)} interval of b / a, ${intervalText(interval)}, ${where} 1 ± ${margin}`;
}

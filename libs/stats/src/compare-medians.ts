import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { MedianResampler } from './bootstrap.js';
import { median, quantileOfSorted } from './quantile.js';
import { strataOf, type RunMedian } from './strata.js';

/** Runs that each side needs. Below, an interval's real coverage falls too far short of the stated one. */
export const minRunsPerSide = 5;

/** Name of the method, to be shown beside its result. */
export const compareMediansMethod = 'ratio of run medians, percentile bootstrap over runs, stratified by host';

export interface CompareMediansInput {
  a: readonly RunMedian[];
  b: readonly RunMedian[];
  /** Ratios within 1 ± margin count as equal; in (0, 1). */
  margin: number;
  /** Of the interval; in (0, 1). */
  confidence: number;
  resamples: number;
  /** 32-bit; the same input and seed give the same interval. */
  seed: number;
}

export interface MedianComparison {
  /** Median over b's runs / median over a's runs; null when a side has no run or a median is not positive. */
  ratio: number | null;
  /** Null when no honest one can be given; `reason` says why. */
  interval: { low: number; high: number; confidence: number } | null;
  /** Says how b compares with a. */
  verdict: 'slower' | 'faster' | 'equal' | 'inconclusive';
  /** One sentence. */
  reason: string;
}

/**
 * Is b slower than a? Compares run medians (never pooled samples: a run's samples share its luck, so they are not
 * replicates). See docs/statistics.md.
 *
 * @throws RangeError when margin, confidence, resamples or seed is out of its range
 */
export function compareMedians(input: CompareMediansInput): MedianComparison {
  checkOptions(input);
  const { a, b, margin, confidence } = input;
  const medianA = median(a.map((run) => run.median));
  const medianB = median(b.map((run) => run.median));
  if (medianA === null || medianB === null) {
    return unknown(null, `${medianA === null ? 'a' : 'b'} has no runs, so there is nothing to compare`);
  }
  if ([...a, ...b].some((run) => !(run.median > 0 && Number.isFinite(run.median)))) {
    return unknown(null, 'a run has a median that is not a positive number, so there is no ratio');
  }
  const ratio = medianB / medianA;
  if (a.length < minRunsPerSide || b.length < minRunsPerSide) {
    const reason = `${a.length} and ${b.length} runs: each side needs at least ${minRunsPerSide} for an interval`;
    return unknown(ratio, reason);
  }
  const interval = { ...bootstrapInterval(input), confidence };
  return { ratio, interval, ...judge(interval, margin) };
}

function unknown(ratio: number | null, reason: string): MedianComparison {
  return { ratio, interval: null, verdict: 'inconclusive', reason };
}

function bootstrapInterval({ a, b, confidence, resamples, seed }: CompareMediansInput): { low: number; high: number } {
  const random = xoroshiro128plus(seed | 0);
  const sideA = new MedianResampler(strataOf(a), random);
  const sideB = new MedianResampler(strataOf(b), random);
  const ratios = Float64Array.from({ length: resamples }, () => sideB.next() / sideA.next()).sort();
  const tail = (1 - confidence) / 2;
  return { low: quantileOfSorted(ratios, tail), high: quantileOfSorted(ratios, 1 - tail) };
}

function judge(
  { low, high, confidence }: { low: number; high: number; confidence: number },
  margin: number,
): Pick<MedianComparison, 'verdict' | 'reason'> {
  const interval = `the ${percent(confidence)} interval of b / a, ${low.toFixed(4)} to ${high.toFixed(4)},`;
  const band = `1 ± ${margin}`;
  if (low > 1 + margin) return { verdict: 'slower', reason: `${interval} lies wholly above ${band}` };
  if (high < 1 - margin) return { verdict: 'faster', reason: `${interval} lies wholly below ${band}` };
  if (low >= 1 - margin && high <= 1 + margin) return { verdict: 'equal', reason: `${interval} lies within ${band}` };
  return { verdict: 'inconclusive', reason: `${interval} crosses an edge of ${band}: more runs would narrow it` };
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))} %`;
}

function checkOptions({ margin, confidence, resamples, seed }: CompareMediansInput): void {
  if (!(margin > 0 && margin < 1)) throw new RangeError(`margin must lie between 0 and 1, not at ${margin}`);
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`confidence must lie between 0 and 1, not at ${confidence}`);
  }
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(`resamples must be a whole number of at least 1, not ${resamples}`);
  }
  if (!Number.isInteger(seed)) throw new RangeError(`seed must be a whole number, not ${seed}`);
}

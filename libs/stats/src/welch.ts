import { studentTQuantile } from './student-t.js';
import type { Component } from './variance-components.js';

/** An estimate, its interval, and the degrees of freedom that the interval's width rests on. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
  degrees: number;
}

/** A mean and how well it is known: the variance of the mean, and the degrees of freedom of that variance. */
export interface MeanOf {
  mean: number;
  varianceOfMean: number;
  degrees: number;
}

/** Mean of independent values. */
export function meanOf(values: readonly number[]): MeanOf {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, varianceOfMean: squares / (n - 1) / n, degrees: n - 1 };
}

/**
 * A mean of several independent means with equal weight (hosts): the variances add up, the degrees of freedom follow
 * Satterthwaite (1946).
 */
export function meanOfMeans(means: readonly MeanOf[]): MeanOf {
  const n = means.length;
  const mean = means.reduce((sum, one) => sum + one.mean, 0) / n;
  const variances = means.map(({ varianceOfMean, degrees }) => ({ variance: varianceOfMean / n ** 2, degrees }));
  return { mean, ...sumOfVariances(variances) };
}

/**
 * b's mean less a's, with Welch's interval (Welch 1947): the sides may differ in size and in spread.
 *
 * @param shared a variance of the difference that neither side's scatter shows, known from elsewhere
 * @throws RangeError when a side's variance is not known (a single value)
 */
export function welch(a: MeanOf, b: MeanOf, confidence: number, shared: Component | null = null): Estimate {
  const { varianceOfMean, degrees } = sumOfVariances([
    { variance: a.varianceOfMean, degrees: a.degrees },
    { variance: b.varianceOfMean, degrees: b.degrees },
    ...(shared === null ? [] : [shared]),
  ]);
  return estimate({ mean: b.mean - a.mean, varianceOfMean, degrees }, confidence);
}

/** The interval of one mean, or of the mean of paired differences. */
export function estimate({ mean, varianceOfMean, degrees }: MeanOf, confidence: number): Estimate {
  if (!(degrees > 0) || Number.isNaN(varianceOfMean)) {
    throw new RangeError('a single value has no spread, so its mean has no interval');
  }
  const half = varianceOfMean === 0 ? 0 : studentTQuantile((1 + confidence) / 2, degrees) * Math.sqrt(varianceOfMean);
  return { value: mean, low: mean - half, high: mean + half, degrees };
}

function sumOfVariances(parts: readonly { variance: number; degrees: number }[]): Omit<MeanOf, 'mean'> {
  const varianceOfMean = parts.reduce((sum, { variance }) => sum + variance, 0);
  const fourth = parts.reduce((sum, { variance, degrees }) => sum + variance ** 2 / degrees, 0);
  // Without any spread the degrees don't matter; the smallest is the careful one.
  const degrees = fourth === 0 ? Math.min(...parts.map((part) => part.degrees)) : varianceOfMean ** 2 / fourth;
  return { varianceOfMean, degrees };
}

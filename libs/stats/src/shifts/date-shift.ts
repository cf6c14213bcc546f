import { varianceInflation } from '../change-points/autocorrelation.js';

/** When a level changed: from one day to the next (`step`), or over a stretch of days (`creep`). Indexes into the values. */
export interface Dated {
  kind: 'step' | 'creep';
  /** A step: the first value after it lies from `from` to `to`, both included. A creep: the last value before it and the first one after. */
  from: number;
  to: number;
}

/**
 * Where the likelihood ratio of a place against the best one stays below this, the place is not ruled out: the 95 % quantile of the
 * limit for a place that is chosen (Hansen 2000, Sample splitting and threshold estimation, Econometrica 68:575).
 */
const placeLimit = 7.35;

/** By so much a ramp must be likelier than a step to be believed: its p by χ² with one degree of freedom is 0.0005, for a chosen ramp. */
const rampLimit = 12;

/** Sums of the first k values and of index times value, so that every fit takes the same time. */
class Sums {
  readonly #sum: Float64Array;
  readonly #weighted: Float64Array;
  readonly squares: number;

  constructor(readonly values: readonly number[]) {
    this.#sum = new Float64Array(values.length + 1);
    this.#weighted = new Float64Array(values.length + 1);
    values.forEach((value, i) => {
      this.#sum[i + 1] = (this.#sum[i] ?? 0) + value;
      this.#weighted[i + 1] = (this.#weighted[i] ?? 0) + i * value;
    });
    this.squares = values.reduce((sum, value) => sum + value * value, 0);
  }

  sum(from: number, to: number): number {
    return (this.#sum[to] ?? 0) - (this.#sum[from] ?? 0);
  }

  /**
   * What is left of the squares when the values stand on one level up to index a, on another from b on, and on a line between: a
   * regression on x = 0 … 1. With b = a + 1 it is a step.
   */
  residual(a: number, b: number): number {
    const n = this.values.length;
    const span = b - a;
    const inside = span - 1;
    const after = n - b;
    const sumX = inside / 2 + after;
    const sumXX = (inside * (2 * span - 1)) / (6 * span) + after;
    const between = (this.#weighted[b] ?? 0) - (this.#weighted[a + 1] ?? 0) - a * this.sum(a + 1, b);
    const sumXY = between / span + this.sum(b, n);
    const all = this.sum(0, n);
    const [sxx, sxy, syy] = [sumXX - sumX ** 2 / n, sumXY - (sumX * all) / n, this.squares - all ** 2 / n];
    return Math.max(0, syy - sxy ** 2 / sxx);
  }
}

/**
 * When the values changed, taken that they did once: a step, with the places that the data can't rule out, or a creep where a ramp
 * explains them better by far.
 *
 * Neighbours' correlation is that about the best ramp, which a step is too: about a step, a creep's own slope would count as one.
 *
 * @param values logarithms of levels, at least 4, in order of time
 * @param leastInflation of the variance of means, by autocorrelation (`varianceInflation`), where a longer history tells
 */
export function dateShift(values: readonly number[], leastInflation = 1): Dated {
  const n = values.length;
  if (n < 4) throw new RangeError(`a change is dated from 4 values on, not from ${n}`);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const sums = new Sums(values.map((value) => value - mean));
  const steps = Array.from({ length: n - 1 }, (_, a) => sums.residual(a, a + 1));
  const best = Math.min(...steps);
  const bestStep = steps.indexOf(best);
  let ramp = { residual: best, a: bestStep, b: bestStep + 1 };
  for (let a = 0; a < n - 2; a++) {
    for (let b = a + 2; b < n; b++) {
      const residual = sums.residual(a, b);
      if (residual < ramp.residual) ramp = { residual, a, b };
    }
  }
  const inflation = Math.max(leastInflation, varianceInflation(aboutRamp(values, ramp), []));
  // Without any scatter about it, the best place is the only one.
  const likelihood = (residual: number, against: number): number =>
    residual === against ? 0 : (n * Math.log(residual / Math.max(against, Number.MIN_VALUE))) / inflation;
  if (likelihood(best, ramp.residual) > rampLimit) return { kind: 'creep', from: ramp.a, to: ramp.b };
  const possible = steps.flatMap((residual, a) => (likelihood(residual, best) <= placeLimit ? [a + 1] : []));
  return { kind: 'step', from: Math.min(...possible), to: Math.max(...possible) };
}

/** What is left of the values about the levels before and after, and the line between them. */
function aboutRamp(values: readonly number[], { a, b }: { a: number; b: number }): number[] {
  const mean = (part: readonly number[]): number => part.reduce((sum, value) => sum + value, 0) / part.length;
  const [low, high] = [mean(values.slice(0, a + 1)), mean(values.slice(b))];
  return values.map((value, i) => value - low - Math.min(1, Math.max(0, (i - a) / (b - a))) * (high - low));
}

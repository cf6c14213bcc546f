import { quantileOfSorted } from './quantile.js';
import { sortedCopy } from './sorted-copy.js';

/** Exact figures of one metric of one run, in the unit of the values (TSC cycles). Quantiles are of type 7. */
export interface Summary {
  samples: number;
  min: number;
  p5: number;
  p25: number;
  p50: number;
  p75: number;
  p95: number;
  p99: number;
  max: number;
  mean: number;
}

/**
 * Sorts a copy of the values (valid ones only: leave out k2u = -1 before) and reads the figures off it.
 * Null when there is no value, because then no figure is true.
 */
export function summarize(values: Int32Array): Summary | null {
  return summarizeSorted(sortedCopy(values));
}

/** The same of values that are sorted already. */
export function summarizeSorted(sorted: Int32Array): Summary | null {
  if (sorted.length === 0) return null;
  const at = (q: number): number => quantileOfSorted(sorted, q);
  // Below four million values of up to 2^31 the sum stays under 2^53 and is exact; beyond, rounding is under 1e-9.
  let sum = 0;
  for (let i = 0; i < sorted.length; i += 1) sum += sorted[i]!;
  return {
    samples: sorted.length,
    min: at(0),
    p5: at(0.05),
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    mean: sum / sorted.length,
  };
}

// Statistics of crossings: pure, seeded, without I/O. Formulas and reasons: docs/statistics.md.
export {
  compareMedians,
  compareMediansMethod,
  minRunsPerSide,
  type CompareMediansInput,
  type MedianComparison,
} from './compare-medians.js';
export { HistogramBytesError, LogHistogram, type HistogramBucket } from './log-histogram.js';
export { median, quantileOfSorted } from './quantile.js';
export { type RunMedian } from './strata.js';
export { summarize, type Summary } from './summarize.js';

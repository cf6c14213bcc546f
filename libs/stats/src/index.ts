// Statistics of crossings: pure, seeded, without I/O. Formulas and reasons: docs/statistics.md.
export { compareHosts } from './compare-hosts.js';
export { compareKinds, minHostsOfAKind } from './compare-kinds.js';
export {
  compareMedians,
  compareMediansMethod,
  minRunsPerSide,
  type CompareMediansInput,
  type MedianComparison,
} from './compare-medians.js';
export { compareNumbers, type NumbersCompared } from './compare-numbers.js';
export { compareWithControl, type BothSides } from './compare-with-control.js';
export { groupedMedian } from './grouped-median.js';
export { hodgesLehmann, type HodgesLehmann } from './hodges-lehmann.js';
export { HistogramBytesError, LogHistogram, type HistogramBucket } from './log-histogram.js';
export { type RatioEstimate, type RunsByHost } from './log-runs.js';
export { medianInterval, type MedianInterval } from './median-interval.js';
export { benjaminiHochberg, holm } from './multiple-tests.js';
export { type PlannedExperiment, type PlanResult, simulateExperiment } from './plan.js';
export { median, quantileOfSorted } from './quantile.js';
export { mannWhitney, type MannWhitney } from './rank-sum.js';
export { widenByResolution } from './resolution.js';
export { type RunMedian } from './strata.js';
export { summarize, type Summary } from './summarize.js';
export { twoLevelBootstrap } from './two-level-bootstrap.js';
export { type Verdict, verdictOf } from './verdict.js';

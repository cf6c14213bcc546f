/** What one contender found in a log, and what that cost. */
export interface Cost {
  samples: number;
  /** Sums over all samples, so that nobody gets away without having read the numbers. */
  seqSum: number;
  u2kSum: number;
  k2uSum: number;
  interrupted: number;
  seconds: number;
  cpuSeconds: number;
  /** Highest resident set after the first tenth of the log, and at the end. */
  rssEarlyMiB: number;
  rssLateMiB: number;
}

/** What one contender found in a log, and what that cost. */
export interface Cost {
  samples: number;
  /** Sum of all u2k, so that nobody gets away without having read the numbers. */
  u2kSum: number;
  seconds: number;
  cpuSeconds: number;
  /** Highest resident set after the first tenth of the log, and at the end. */
  rssEarlyMiB: number;
  rssLateMiB: number;
}

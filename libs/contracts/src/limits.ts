/**
 * Limits of the service. Every boundary checks them and names them in its error.
 * Sizes follow from one measured constraint: a JobSubmitted event carries its whole plan, 41 to 45 bytes a run
 * (events/packed-plan.ts), so 100,000 runs are about 4.5 MB of jsonb, the most that we want in one append.
 */
export const limits = {
  runsPerJob: 100_000,
  runsPerHost: 1_000,
  /** Cells of one job's matrix, and values of each of its dimensions. */
  matrixCells: 64,
  matrixValues: 16,
  faultsPerRun: 10_000_000,
  warmupPerRun: 1_000_000,
  hostsPerJob: 10_000,
  /** Control hosts that a comparison takes at least: their scatter, on 2 degrees of freedom then, is in its interval. */
  controlHostsMin: 3,
  timeoutMsMin: 1_000,
  timeoutMsMax: 3_600_000,
  attemptsPerRun: 3,
  selectorLength: 1_000,
  /** That of a selector of runs, which may name a hundred of them. */
  runSelectorLength: 4_000,
  /** Labels and facts that rows are grouped by at once. */
  groupFields: 8,
  groupsPerReply: 1_000,
  /** Results (one metric of one run) that are grouped at once: 200,000 take 2.1 s (`npm run bench:daily-series`). */
  resultsPerGrouping: 200_000,
  /** Labels that an operator may give a host. */
  labelsPerHost: 64,
  /** With the derived ones (labels.ts has 12), and room for more to come. */
  labelsInAll: 80,
  pageSize: 200,
  /** Runs that one replay may name. */
  runsPerReplay: 1_000,
  /** Bytes of a kernel log that is imported, and runs made of it, in one transaction that holds the feed back meanwhile. */
  importBytes: 33_554_432,
  runsPerImport: 500,
  /** Samples carried by one CrossingSamplesRecorded event. */
  samplesPerEvent: 10_000,
  /** Raw kernel-log bytes kept with one event; a larger chunk is split. */
  rawBytesPerEvent: 1_048_576,
} as const;

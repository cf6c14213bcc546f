/** How a noise parameter is known. */
export interface NoiseParameter {
  value: number;
  known: 'measured' | 'assumed';
  source: string;
}

const parameter = (value: number, known: NoiseParameter['known'], source: string): NoiseParameter => ({
  value,
  known,
  source,
});

/** What disturbs a crossing. Shares and rates are of one fault; cycles are core cycles unless TSC is said. */
export const noise = {
  /** SD of the factor that a whole run carries: page colours, alignment, placement. The replicate is the run. */
  runSigma: parameter(0.02, 'assumed', 'run SD 2 % of the A/A simulation in vectors/statistics.json'),
  /** SD of the factor that a host carries for good beside others of its model: silicon, memory, firmware. */
  hostSigma: parameter(0.03, 'assumed', 'host SD 3 % of the experiments in facts/verdicts.md; no citable figure'),
  /** SD of the factor that a boot carries until the next one: where the kernel and its data came to lie. */
  bootSigma: parameter(0.01, 'assumed', 'boot SD 1 or 2 % of the experiments in facts/verdicts.md; no citable figure'),
  /** SD of a host's slow drift, temperature and what else lasts for days: an autoregressive process of the first order. */
  driftSigma: parameter(0.005, 'assumed', 'no citable figure'),
  /** Correlation of that drift from one day to the next. */
  driftPerDay: parameter(0.7, 'assumed', 'AR(1) 0.7 of the experiments in facts/verdicts.md; no citable figure'),
  /** Sigma of the lognormal body within a run. */
  bodySigma: parameter(0.03, 'assumed', 'facts/crossing-costs.json, spread: body lognormal with sigma 2-5 %'),
  /** Share of faults that find a cache or TLB line cold. */
  coldShare: parameter(0.01, 'assumed', 'facts/crossing-costs.json, spread: a cold component; no citable share'),
  coldMeanCycles: parameter(150, 'assumed', 'a few misses of the last-level cache'),
  tickHz: parameter(250, 'assumed', 'CONFIG_HZ=250; Poisson instead of periodic, since the phase is unknown'),
  tickMeanCycles: parameter(4_000, 'assumed', 'a timer tick with its softirqs; no citable distribution'),
  smiHz: parameter(0.1, 'assumed', 'no citable rate'),
  smiMeanCycles: parameter(150_000, 'assumed', 'no citable distribution'),
  /** Guests only. */
  stealHz: parameter(5, 'assumed', 'the host takes the CPU away; no citable rate'),
  stealMeanCycles: parameter(60_000, 'assumed', 'no citable distribution'),
  /** Core cycles from one fault to the next beside the two windows: handler, page allocation, printing. */
  loopCycles: parameter(4_500, 'assumed', 'sets only how often a tick falls into a window'),
  /** Share of faults that the hook rejects (it came by another CPU or without a valid stamp). */
  rejectedShare: parameter(
    0.00002,
    'assumed',
    'no figure; of the order of the 4 in 100,000 that an interrupt disturbed under QEMU (facts/kernel.md)',
  ),
} satisfies Record<string, NoiseParameter>;

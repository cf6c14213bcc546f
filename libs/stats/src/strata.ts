/** One run: the replicate of every comparison. */
export interface RunMedian {
  hostId: string;
  /** The run's median, TSC cycles. */
  median: number;
}

/**
 * Runs that a host needs to be a stratum of its own. With 2 or 3 the simulation of docs/statistics.md rejects up to
 * 19 % and 8 % of true equalities at a stated 5 %; with 4, under 6 %.
 */
export const minRunsPerStratum = 4;

/**
 * Groups a side's runs by host, because runs of one host resemble each other and the resample must keep how many
 * runs each host has. Hosts with too few runs to show their own spread form one stratum together (collapsed strata:
 * Cochran, Sampling Techniques, 5A.12); if even together they are too few, they join the largest stratum. That counts
 * the difference between those hosts as noise, so the interval gets wider, never narrower.
 *
 * @returns each stratum's medians, in an order that does not depend on the order of `runs`
 */
export function strataOf(runs: readonly RunMedian[]): number[][] {
  const byHost = new Map<string, number[]>();
  for (const { hostId, median } of runs) {
    const medians = byHost.get(hostId);
    if (medians) medians.push(median);
    else byHost.set(hostId, [median]);
  }
  const hosts = [...byHost].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, medians]) => medians);
  const strata = hosts.filter((medians) => medians.length >= minRunsPerStratum);
  const rest = hosts.filter((medians) => medians.length < minRunsPerStratum).flat();
  if (rest.length === 0) return strata;
  if (rest.length >= minRunsPerStratum || strata.length === 0) return [...strata, rest];
  const largest = strata.reduce((best, stratum) => (stratum.length > best.length ? stratum : best));
  largest.push(...rest);
  return strata;
}

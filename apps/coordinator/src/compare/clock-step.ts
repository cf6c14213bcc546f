import type { Replicate } from './side.js';

const divisor = (x: number, y: number): number => (y === 0 ? x : divisor(y, x % y));

/** What one host's runs say of its clock. */
interface Seen {
  /**
   * Step of its TSC in cycles: the largest number that divides the smallest and the largest sample of each run. Many TSCs
   * move in steps (25, 26 cycles and more); with few distinct values it comes out too large, never too small.
   */
  step: number;
  /** Lowest median of a run. */
  level: number;
}

/**
 * What a side's clocks can't tell apart: the step as a share of the level, of the host where that is the largest. It is taken as if
 * every sample of a run read the median's value, because how many did is not kept: too careful where many values of the clock
 * occur.
 */
export function resolutionOf(runs: readonly Replicate[]): number {
  const hosts = new Map<string, Seen>();
  for (const { hostId, minCycles, maxCycles, p50Cycles } of runs) {
    const seen = hosts.get(hostId) ?? { step: 0, level: Infinity };
    const step = divisor(divisor(seen.step, minCycles), maxCycles);
    hosts.set(hostId, { step, level: Math.min(seen.level, p50Cycles) });
  }
  return [...hosts.values()].reduce((coarsest, { step, level }) => Math.max(coarsest, step / level), 0);
}

import { commonStep, groupedMedian } from '#stats';

/** How a run's samples lie on the steps of its clock. */
export interface OnClock {
  /** Step of the TSC in cycles, as all samples of the run show it. */
  stepCycles: number;
  /** Samples below the median, and of its very value; none where it lies between two. */
  belowP50: number;
  atP50: number;
}

/** What it takes of a run. */
export interface Clocked {
  hostId: string;
  p50Cycles: number;
  minCycles: number;
  maxCycles: number;
  samples: number;
  /** Null of results that were computed before it was kept. */
  onClock?: OnClock | null;
}

/**
 * Step of each host's TSC in cycles: the largest number that divides all samples of its runs. Many TSCs move in steps (25, 26 cycles and
 * more); with few distinct values it comes out too large, never too small. Of a run that is not kept with its step, the smallest and
 * the largest sample count.
 */
function stepsOf(runs: readonly Clocked[]): Map<string, number> {
  const steps = new Map<string, number>();
  for (const { hostId, minCycles, maxCycles, onClock } of runs) {
    // A clock counts in whole ticks; what is none is a damaged run's, and refused elsewhere.
    if (![minCycles, maxCycles].every(Number.isSafeInteger)) continue;
    const own = onClock?.stepCycles ?? commonStep(minCycles, maxCycles);
    steps.set(hostId, commonStep(steps.get(hostId) ?? 0, own));
  }
  return steps;
}

/**
 * The runs with the grouped median in the place of the plain one, which stands on a step of the clock. A run of which it is not kept how
 * its samples lie stays as it is, as does one whose clock is so coarse that nothing would be left.
 */
export function withGroupedMedians<Run extends Clocked>(runs: readonly Run[]): Run[] {
  const steps = stepsOf(runs);
  return runs.map((run) => {
    const { onClock, p50Cycles: median, samples: count, hostId } = run;
    if (onClock === undefined || onClock === null) return run;
    const grouped = groupedMedian(
      { median, count, below: onClock.belowP50, at: onClock.atP50 },
      steps.get(hostId) ?? 0,
    );
    return grouped > 0 ? { ...run, p50Cycles: grouped } : run;
  });
}

/**
 * What a side's clocks can't tell apart, as a share of the level, of the host where that is the largest: the step, times the share of
 * samples that read the median's very value (the mean over the host's runs). Where all read one, nothing moves the grouped median
 * within the step; where many values occur, it does. Of runs of which that is not kept all are taken to read one: too careful.
 */
export function resolutionOf(runs: readonly Clocked[]): number {
  const steps = stepsOf(runs);
  const hosts = new Map<string, { level: number; shares: number; runs: number }>();
  for (const { hostId, p50Cycles, samples, onClock } of runs) {
    const seen = hosts.get(hostId) ?? { level: Infinity, shares: 0, runs: 0 };
    const share = onClock === undefined || onClock === null ? 1 : onClock.atP50 / samples;
    hosts.set(hostId, { level: Math.min(seen.level, p50Cycles), shares: seen.shares + share, runs: seen.runs + 1 });
  }
  return [...hosts].reduce((coarsest, [hostId, { level, shares, runs: count }]) => {
    return Math.max(coarsest, ((steps.get(hostId) ?? 0) / level) * (shares / count));
  }, 0);
}

import { commonStep, groupedMedian, resolutionOfMean } from '#stats';

/** How a run's samples lie on the steps of its clock. */
export interface OnClock {
  /** Step of the TSC in cycles, as all samples of the run show it. */
  stepCycles: number;
  /** Samples below the median, and of its very value; none where it lies between two. */
  belowP50: number;
  atP50: number;
}

/** With the quartiles, which say how far the samples spread. */
export interface SpreadOnClock extends OnClock {
  p25Cycles: number;
  p75Cycles: number;
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

type SpreadClocked = Clocked & { onClock?: SpreadOnClock | null };

/**
 * What of a run's level its clock can't tell, as a share of it. The grouped median moves within the step as samples move from one value to
 * the next, if they spread over several values. They do where both quartiles are a step or more from the median: then the share of
 * samples at the median is unknown, or that of an average step between median and nearer quartile, if larger. Else most of the samples
 * near the median may stand at one point of its step, and the whole step is unknown, from its one end to the other however far the grouped
 * median stands from the middle.
 */
function unknownOf({ p50Cycles, samples, onClock }: SpreadClocked, step: number): number {
  // A damaged run is refused elsewhere.
  if (!(p50Cycles > 0)) return 0;
  if (onClock === undefined || onClock === null || onClock.atP50 === 0) return step / p50Cycles;
  const { p25Cycles, p75Cycles, belowP50, atP50 } = onClock;
  const fromMiddle = (samples / 2 - belowP50) / atP50 - 0.5;
  const nearer = Math.min(p50Cycles - p25Cycles, p75Cycles - p50Cycles) / step;
  const steps = nearer < 1 ? 1 + 2 * Math.abs(fromMiddle) : Math.max(atP50 / samples, 0.25 / nearer);
  return (step * steps) / (p50Cycles + step * fromMiddle);
}

/**
 * What a side's clocks can't tell apart, as a share of the level: of each run the step, as far as it stays unknown; of a host the mean
 * over its runs, of the side the mean over its hosts (`resolutionOfMean`), as its level is.
 *
 * @param runs not empty
 */
export function resolutionOf(runs: readonly SpreadClocked[]): number {
  const steps = stepsOf(runs);
  const hosts = new Map<string, number[]>();
  for (const run of runs) {
    const own = unknownOf(run, steps.get(run.hostId) ?? 0);
    const others = hosts.get(run.hostId);
    if (others === undefined) hosts.set(run.hostId, [own]);
    else others.push(own);
  }
  return resolutionOfMean([...hosts.values()].map(resolutionOfMean));
}

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
 * Samples on either side of the median's value, as a share of those at it, from which they count as spread within the step: a normal spread
 * of 0.8 steps or more has them wherever in the step its middle lies; a narrow body with a tail does not.
 */
const besideShare = 0.25;

/** By how much a level may be lower and higher than it reads, as shares of it. */
interface Unknown {
  down: number;
  up: number;
}

/**
 * What of a run's level its clock can't tell. The grouped median moves within the step as samples move from one value to the next, if they
 * spread over several values. They do where there are enough on both sides of the median: then half the share of samples at the median
 * is unknown, or of an average step between median and nearer quartile, if larger. Else most of them may stand at one point of the step,
 * and the level lies anywhere in it, wherever the grouped median stands.
 */
function unknownOf({ p50Cycles, samples, onClock }: SpreadClocked, step: number): Unknown {
  // A damaged run is refused elsewhere.
  if (!(p50Cycles > 0)) return { down: 0, up: 0 };
  const half = step / p50Cycles / 2;
  if (onClock === undefined || onClock === null || onClock.atP50 === 0) return { down: half, up: half };
  const { p25Cycles, p75Cycles, belowP50: below, atP50: at } = onClock;
  const fromMiddle = (samples / 2 - below) / at - 0.5;
  const ofLevel = step / (p50Cycles + step * fromMiddle);
  if (Math.min(below, samples - below - at) < besideShare * at)
    return { down: ofLevel * (0.5 + fromMiddle), up: ofLevel * (0.5 - fromMiddle) };
  const quartile = Math.min(p50Cycles - p25Cycles, p75Cycles - p50Cycles) / step;
  const share = Math.max(at / samples, 0.25 / Math.max(1, quartile));
  return { down: (ofLevel * share) / 2, up: (ofLevel * share) / 2 };
}

/**
 * What a side's clocks can't tell apart, as a share of the level: twice what it may be lower or higher than it reads, whichever is more.
 * Either is of a host the mean over its runs, and of the side the mean over its hosts (`resolutionOfMean`), as the level is.
 *
 * @param runs not empty
 */
export function resolutionOf(runs: readonly SpreadClocked[]): number {
  const steps = stepsOf(runs);
  const hosts = new Map<string, Unknown[]>();
  for (const run of runs) {
    const own = unknownOf(run, steps.get(run.hostId) ?? 0);
    const others = hosts.get(run.hostId);
    if (others === undefined) hosts.set(run.hostId, [own]);
    else others.push(own);
  }
  const mean = (end: keyof Unknown): number =>
    resolutionOfMean([...hosts.values()].map((own) => resolutionOfMean(own.map((one) => 2 * one[end]))));
  return Math.max(mean('down'), mean('up'));
}

import { crossingCosts, simulatedMachines } from '#entry-sim';
import type { Metric } from '#contracts';
import type { Replicate } from './side.js';

/** By how much a ratio of simulated machines may be off because their models are: the true ratio lies within ratio × low … ratio × high. */
export interface ModelBand {
  low: number;
  high: number;
  /** The machines of either side. */
  a: string[];
  b: string[];
}

/** Half-width of the model's error as a share of the figure, as libs/entry-sim declares it; null of what is no simulated machine. */
function errorOf(machine: string, metric: Metric): number | null {
  const known = Object.hasOwn(simulatedMachines, machine) ? simulatedMachines[machine] : undefined;
  if (known === undefined || (metric !== 'u2k' && metric !== 'k2u')) return null;
  return crossingCosts(known)[metric].errorBand;
}

const machinesOf = (runs: readonly Replicate[]): string[] =>
  [...new Set(runs.flatMap(({ facts }) => facts['fact.machine'] ?? []))].sort();

function largestError(machines: readonly string[], metric: Metric): number {
  return machines.reduce((largest, machine) => Math.max(largest, errorOf(machine, metric) ?? 0), 0);
}

/**
 * The band of simulated machines of different models; null of others, and of one machine with itself, whose model is wrong on both
 * sides alike. The errors of both may add up (models of one lineage share theirs, which is not relied on), so the ends are those of the
 * worst case: (1 − e_b)/(1 + e_a) and (1 + e_b)/(1 − e_a).
 */
export function modelBand(a: readonly Replicate[], b: readonly Replicate[], metric: Metric): ModelBand | null {
  if ([...a, ...b].some(({ provenance }) => provenance !== 'simulated')) return null;
  const [inA, inB] = [machinesOf(a), machinesOf(b)];
  if (inA.length === 0 || inB.length === 0) return null;
  if (inA.length === 1 && inB.length === 1 && inA[0] === inB[0]) return null;
  const [errorA, errorB] = [largestError(inA, metric), largestError(inB, metric)];
  return { low: (1 - errorB) / (1 + errorA), high: (1 + errorB) / (1 - errorA), a: inA, b: inB };
}

/** An interval with the models' error taken into account. */
export function banded<Interval extends { low: number; high: number }>(
  interval: Interval,
  band: ModelBand | null,
): Interval {
  return band === null ? interval : { ...interval, low: interval.low * band.low, high: interval.high * band.high };
}

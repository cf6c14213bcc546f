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

const machineOf = (name: string) => (Object.hasOwn(simulatedMachines, name) ? simulatedMachines[name] : undefined);

/** Half-width of the model's error as a share of the figure, as libs/entry-sim declares it; null of what is no simulated machine. */
function errorOf(machine: string, metric: Metric): number | null {
  const known = machineOf(machine);
  const costs: Partial<Record<Metric, { errorBand: number }>> = known === undefined ? {} : crossingCosts(known);
  return costs[metric]?.errorBand ?? null;
}

const machinesOf = (runs: readonly Replicate[]): string[] =>
  [...new Set(runs.flatMap(({ facts }) => facts['fact.machine'] ?? []))].sort();

/** A machine's cost table; a machine that has none is its own. */
const modelOf = (machine: string | undefined): string | null =>
  machine === undefined ? null : (machineOf(machine)?.costs ?? machine);

/** Whether all runs of a host, of both sides, are of one model: it is wrong by the same factor on both. */
function oneModelEach(runs: readonly Replicate[]): boolean {
  const models = new Map<string, string | null>();
  return runs.every(({ hostId, facts }) => {
    const model = modelOf(facts['fact.machine']);
    const known = models.get(hostId) ?? model;
    models.set(hostId, known);
    return model === known;
  });
}

/** A model that may be wrong by its whole figure would have a band without an end. */
const largestOfAll = 0.95;

function largestError(machines: readonly string[], metric: Metric): number {
  const largest = machines.reduce((most, machine) => Math.max(most, errorOf(machine, metric) ?? 0), 0);
  return Math.min(largest, largestOfAll);
}

/**
 * The band of simulated machines of different models (cost tables of a microarchitecture); null of others, and of one model with
 * itself, which is wrong on both sides alike: bare metal with its VM, say. The errors of both may add up (models of one lineage
 * share theirs, which is not relied on), so the ends are those of the worst case: (1 − e_b)/(1 + e_a) and (1 + e_b)/(1 − e_a).
 *
 * @param paired the same hosts stand on both sides, each compared with itself, so that their models cancel host by host
 */
export function modelBand(
  a: readonly Replicate[],
  b: readonly Replicate[],
  metric: Metric,
  paired: boolean,
): ModelBand | null {
  if ([...a, ...b].some(({ provenance }) => provenance !== 'simulated')) return null;
  const [inA, inB] = [machinesOf(a), machinesOf(b)];
  if (inA.length === 0 || inB.length === 0) return null;
  const models = new Set([...inA, ...inB].map(modelOf));
  if (models.size === 1 || (paired && oneModelEach([...a, ...b]))) return null;
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

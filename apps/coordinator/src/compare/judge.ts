import type { CompareQuery, Comparison } from '#contracts';
import { compareMedians, compareMediansMethod, median } from '#stats';
import type { Side } from './side.js';

type SideView = Comparison['a'];

function viewOf({ selector, runs, copies }: Side): SideView {
  return {
    selector,
    hosts: [...new Set(runs.map((run) => run.hostId))].sort(),
    runs: runs.length,
    copies,
    samples: runs.reduce((sum, run) => sum + run.samples, 0),
    provenance: [...new Set(runs.map((run) => run.provenance))].sort(),
    medianCycles: median(runs.map((run) => run.p50Cycles)),
    runMedians: runs.map(({ runId, hostId, p50Cycles }) => ({ runId, hostId, p50Cycles })),
  };
}

/** Runs of b that stand on side a too, themselves or as a copy. */
function overlap(a: Side, b: Side): number {
  const inA = new Set(a.runs.flatMap(({ runId, draw }) => [runId, draw ?? runId]));
  return b.runs.filter(({ runId, draw }) => inA.has(runId) || inA.has(draw ?? runId)).length;
}

function copyWarnings({ selector, runs, copies }: Side): string[] {
  return copies === 0
    ? []
    : [
        `${copies} of ${runs.length + copies} runs of "${selector}" were left out as copies: simulated runs of one machine and one seed are the same run; jobs without a seed of their own give new ones`,
      ];
}

function noiseWarnings({ selector, runs }: Side): string[] {
  const noisy = runs.filter((run) => run.noisy).length;
  return noisy === 0
    ? []
    : [
        `${noisy} of ${runs.length} runs of "${selector}" were on a noisy machine; noise=quiet selects those that were not`,
      ];
}

function warningsOf(a: Side, b: Side): string[] {
  const both = overlap(a, b);
  const emulated = [...a.runs, ...b.runs].some(({ provenance }) => provenance === 'emulated');
  return [
    ...[a, b]
      .filter((side) => side.cut)
      .map(({ selector, runs }) => `"${selector}" matches more runs; only the newest ${runs.length} are compared`),
    ...(both === 0
      ? []
      : [`${both} runs stand on both sides, so the sides are not independent; make the selectors disjoint`]),
    ...[a, b].flatMap(copyWarnings),
    ...[a, b].flatMap(noiseWarnings),
    ...(emulated ? ['the figures are emulated: cycles of QEMU’s translation, not of a CPU'] : []),
  ];
}

/**
 * Compares two sides by their run medians. Figures of different provenance are never compared: then there is no ratio
 * and the verdict is inconclusive, with the reason and what to add to the selectors.
 */
export function judge(query: CompareQuery, a: Side, b: Side): Comparison {
  const { metric, margin, confidence, resamples, seed } = query;
  const [viewA, viewB] = [viewOf(a), viewOf(b)];
  const provenances = [...new Set([...viewA.provenance, ...viewB.provenance])].sort();
  const common = { metric, a: viewA, b: viewB, method: { name: compareMediansMethod, resamples, seed, margin } };
  const warnings = warningsOf(a, b);
  if (provenances.length > 1) {
    const mix = provenances.join(' and ');
    return {
      ...common,
      ratio: null,
      interval: null,
      verdict: 'inconclusive',
      reason: `${mix} figures are not compared with each other`,
      warnings: [...warnings, `the runs are ${mix}; add for example provenance=${provenances[0]} to both selectors`],
    };
  }
  const medians = (side: Side) => side.runs.map(({ hostId, p50Cycles }) => ({ hostId, median: p50Cycles }));
  const result = compareMedians({ a: medians(a), b: medians(b), margin, confidence, resamples, seed });
  return { ...common, ...result, warnings };
}

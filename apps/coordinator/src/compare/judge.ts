import { type CompareQuery, type Comparison, selectorNotes } from '#contracts';
import { compareMedians, compareMediansMethod, type RunMedian } from '#stats';
import { type Obstacle, obstaclesBetween, unitOf } from './obstacles.js';
import { p50Ns, rateRange, type Side, sideView } from './side.js';

type Unit = 'cycles' | 'ns';

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
  const renamed = new Set([a, b].flatMap(({ selector }) => selectorNotes(selector)));
  const emulated = [...a.runs, ...b.runs].some(({ provenance }) => provenance === 'emulated');
  return [
    ...renamed,
    ...[a, b]
      .filter((side) => side.cut)
      .map(({ selector, runs }) => `"${selector}" matches more runs; only the newest ${runs.length} are compared`),
    ...[a, b].flatMap(copyWarnings),
    ...[a, b].flatMap(noiseWarnings),
    ...([...a.runs, ...b.runs].some(({ provenance }) => provenance === 'unknown')
      ? ['nothing shows whether a CPU or an emulator ran these runs (provenance unknown)']
      : []),
    ...(emulated ? ['the figures are emulated: cycles of QEMU’s translation, not of a CPU'] : []),
  ];
}

function clockWarning(a: Side, b: Side): string {
  const [low, high] = rateRange([...a.runs, ...b.runs]).map((khz) => Math.round(khz / 1000).toLocaleString('en-US'));
  return `judged in nanoseconds, because the TSCs tick at ${low} to ${high} MHz: cycles of different clocks are not the same length`;
}

/** For what a verdict speaks: hosts are not drawn at random, so it says nothing of others like them. */
function scopeOf(a: Side, b: Side): string {
  const part = ({ runs }: Side): string => {
    const hosts = new Set(runs.map(({ hostId }) => hostId)).size;
    return `${runs.length} ${runs.length === 1 ? 'run' : 'runs'} on ${hosts} ${hosts === 1 ? 'host' : 'hosts'}`;
  };
  return `speaks for these runs, ${part(a)} (a) and ${part(b)} (b), not for other hosts of their kind`;
}

function mediansIn(unit: Unit, { runs }: Side): RunMedian[] {
  return runs.map((run) => ({ hostId: run.hostId, median: unit === 'ns' ? (p50Ns(run) ?? NaN) : run.p50Cycles }));
}

const ratioOf = (a: number | null, b: number | null): number | null =>
  a === null || b === null || a <= 0 ? null : b / a;

/**
 * Compares two sides by their run medians, in nanoseconds where their TSCs tick at different rates. Sides that overlap,
 * mix what must not be pooled, or stand for different things are not compared: then there is no ratio and the verdict is
 * inconclusive, with every reason and what to change in the selectors. Pure.
 */
export function judge(query: CompareQuery, a: Side, b: Side): Comparison {
  const { probe, metric, margin, confidence, resamples, seed } = query;
  const obstacles = obstaclesBetween(a, b);
  const mixed = new Set(obstacles.map(({ mixes }) => mixes));
  const [viewA, viewB] = [sideView(a, !mixed.has('a')), sideView(b, !mixed.has('b'))];
  const common = {
    ...{ probe, metric, a: viewA, b: viewB, scope: scopeOf(a, b) },
    method: { name: compareMediansMethod, resamples, seed, margin },
  };
  const warnings = warningsOf(a, b);
  const refuse = (reasons: readonly Obstacle[]): Comparison => ({
    ...common,
    ...{ unit: null, ratio: null, ratioCycles: null, ratioNs: null, interval: null, verdict: 'inconclusive' },
    reason: reasons.map(({ reason }) => reason).join('; '),
    warnings: [...warnings, ...reasons.map(({ remedy }) => remedy)],
  });
  if (obstacles.length > 0) return refuse(obstacles);
  const empty = [a, b].flatMap(({ notYet }) => notYet ?? []);
  if (empty.length > 0) return { ...refuse([]), reason: empty.join('; ') };
  const clocks = unitOf(a, b);
  if (!('unit' in clocks)) return refuse([clocks]);
  const { unit } = clocks;
  const options = { margin, confidence, resamples, seed };
  return {
    ...common,
    unit,
    ratioCycles: ratioOf(viewA.medianCycles, viewB.medianCycles),
    ratioNs: ratioOf(viewA.medianNs, viewB.medianNs),
    ...compareMedians({ a: mediansIn(unit, a), b: mediansIn(unit, b), ...options }),
    warnings: [...warnings, ...(unit === 'ns' ? [clockWarning(a, b)] : [])],
  };
}

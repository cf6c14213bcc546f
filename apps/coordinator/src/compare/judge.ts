import { type CompareQuery, type Comparison, selectorNotes } from '#contracts';
import {
  compareLevels,
  compareLevelsMethod,
  type RatioEstimate,
  type Verdict,
  verdictOf,
  widenByResolution,
} from '#stats';
import { count, percent, whyVerdict } from '#wording';
import { resolutionOf } from './clock-step.js';
import { type Obstacle, obstaclesBetween, unitOf } from './obstacles.js';
import { byHost, levelOf, type ScopedSides, scopedSides, scopeText, tooFew } from './scope.js';
import { p50Ns, rateRange, type Replicate, sameClock, type Side, sideView } from './side.js';
import { timeOrder } from './time-order.js';

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
  const [low, high] = rateRange([...a.runs, ...b.runs]).map((khz) => count(khz / 1000));
  return `judged in nanoseconds, because the TSCs tick at ${low} to ${high} MHz: cycles of different clocks are not the same length`;
}

const valueIn =
  (unit: Unit) =>
  (run: Replicate): number =>
    unit === 'cycles' ? run.p50Cycles : (p50Ns(run) ?? NaN);

/** b / a of the hosts' levels, each the geometric mean of its runs' medians; null where a side has none in this unit. */
function ratioIn(unit: Unit, { a, b }: ScopedSides): number | null {
  const known = [a, b].every(({ runs }) =>
    unit === 'cycles' ? sameClock(runs) : runs.every(({ tscKhz }) => tscKhz !== null),
  );
  if (!known || a.runs.length === 0 || b.runs.length === 0) return null;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [levelA, levelB] = [a, b].map((side) =>
    mean([...byHost(side, valueIn(unit)).values()].map((medians) => mean(medians.map(Math.log)))),
  );
  return Math.exp((levelB ?? NaN) - (levelA ?? NaN));
}

function estimateIn(unit: Unit, { a, b }: ScopedSides, confidence: number): RatioEstimate {
  const [levelA, levelB] = [levelOf(a, byHost(a, valueIn(unit))), levelOf(b, byHost(b, valueIn(unit)))];
  return widenByResolution(compareLevels(levelA, levelB, confidence), resolutionOf(a.runs), resolutionOf(b.runs));
}

function notPositive({ a, b }: ScopedSides): Obstacle[] {
  if ([...a.runs, ...b.runs].every(({ p50Cycles }) => p50Cycles > 0)) return [];
  return [
    {
      reason: 'a run has a median of 0 cycles, so that there is no ratio',
      remedy: 'leave its host out, or look at its samples (xf export)',
    },
  ];
}

/** The sides were measured one after the other, on machines that may have drifted meanwhile. */
function driftObstacle({ a, b, paired }: ScopedSides): Obstacle[] {
  const order = timeOrder(a.runs, b.runs, paired);
  if (order === 'interleaved') return [];
  const [first, second] = order === 'a first' ? ['a', 'b'] : ['b', 'a'];
  return [
    {
      reason: `${second} was measured after ${first}, so that a drift of the machines meanwhile can't be distinguished from an effect`,
      remedy: 'measure both sides in one job (its runs are interleaved), or each of them again in turn',
    },
  ];
}

/** What would settle an interval that crosses an edge: nothing does where the clock's step alone is wider than the margin. */
function settling(verdict: Verdict, { a, b, paired }: ScopedSides, margin: number): string[] {
  if (verdict !== 'inconclusive') return [];
  const step = (resolutionOf(a.runs) + resolutionOf(b.runs)) / 2;
  if (step >= margin) {
    return [
      `the TSCs move in steps of up to ${percent(step)} of the level: no number of runs tells a smaller difference`,
    ];
  }
  return [
    paired || a.scope === 'hosts'
      ? 'more runs would narrow it'
      : 'more hosts would narrow it; more runs of the same hosts hardly',
  ];
}

function leftOutWarning({ leftOut }: ScopedSides): string[] {
  if (leftOut.length === 0) return [];
  const names = `${leftOut.slice(0, 3).join(', ')}${leftOut.length > 3 ? ` and ${leftOut.length - 3} more` : ''}`;
  return [`left out, because they have runs on one side only while others have them on both: ${names}`];
}

/**
 * Compares two sides by their hosts' levels, in nanoseconds where their TSCs tick at different rates. Sides that overlap,
 * mix what must not be pooled, or stand for different things are not compared: then there is no ratio and the verdict is
 * inconclusive, with every reason and what to change in the selectors. Where the runs, hosts or their order in time allow no verdict,
 * the ratio is given without one. Pure.
 */
export function judge(query: CompareQuery, a: Side, b: Side): Comparison {
  const { probe, metric, margin, confidence } = query;
  const obstacles = obstaclesBetween(a, b);
  const mixed = new Set(obstacles.map(({ mixes }) => mixes));
  const scoped = scopedSides(a, b);
  // What is refused as a whole is shown as a whole.
  const shown = (name: 'a' | 'b', side: Side) =>
    sideView(obstacles.length > 0 ? side : { ...side, runs: scoped[name].runs }, !mixed.has(name));
  const common = {
    ...{ probe, metric, a: shown('a', a), b: shown('b', b), scope: scopeText(scoped) },
    method: { name: compareLevelsMethod, margin },
  };
  const warnings = [...warningsOf(a, b), ...leftOutWarning(scoped)];
  const noVerdict = (reasons: readonly Obstacle[]) => ({
    ...{ interval: null, verdict: 'inconclusive' as const, reason: reasons.map(({ reason }) => reason).join('; ') },
    warnings: [...warnings, ...reasons.map(({ remedy }) => remedy)],
  });
  const nothing = { unit: null, ratio: null, ratioCycles: null, ratioNs: null };
  if (obstacles.length > 0) return { ...common, ...nothing, ...noVerdict(obstacles) };
  const empty = [a, b].flatMap(({ notYet }) => notYet ?? []);
  if (empty.length > 0) return { ...common, ...nothing, ...noVerdict([]), reason: empty.join('; ') };
  const clocks = unitOf(a, b);
  if (!('unit' in clocks)) return { ...common, ...nothing, ...noVerdict([clocks]) };
  const { unit } = clocks;
  if (unit === 'ns') warnings.push(clockWarning(a, b));
  const [ratioCycles, ratioNs] = [ratioIn('cycles', scoped), ratioIn('ns', scoped)];
  const ratios = { unit, ratio: unit === 'ns' ? ratioNs : ratioCycles, ratioCycles, ratioNs };
  const few = [...notPositive(scoped), ...tooFew('a', a, scoped.a), ...tooFew('b', b, scoped.b)];
  if (few.length > 0) return { ...common, ...ratios, ...noVerdict(few) };
  const { low, high } = estimateIn(unit, scoped, confidence);
  const interval = { low, high, confidence };
  const drift = driftObstacle(scoped);
  if (drift.length > 0) return { ...common, ...ratios, ...noVerdict(drift), interval };
  const verdict = verdictOf(interval, margin);
  return {
    ...{ ...common, ...ratios, interval, verdict, reason: whyVerdict(verdict, interval, margin) },
    warnings: [...warnings, ...settling(verdict, scoped, margin)],
  };
}

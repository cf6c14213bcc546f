import { type CompareQuery, type Comparison, type Refusal, repeatOf, selectorNotes } from '#contracts';
import { compareLevelsMethod, verdictOf } from '#stats';
import { count, percent, verdictSentence, whyVerdict } from '#wording';
import { type Confounders, confoundersOf, knownConfounders } from './confounders.js';
import { resolutionOf } from './clock-step.js';
import { effectIn } from './effects.js';
import { notPositive, type Obstacle, refusalsBetween, unitOf } from './obstacles.js';
import { type ScopedSides, scopedSides, scopeText, tooFew } from './scope.js';
import { rateRange, type Side, sideView } from './side.js';
import { timeOrder } from './time-order.js';

type Name = 'a' | 'b';

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
      .map(
        ({ selector, runs, copies }) =>
          `"${selector}" matches more runs; only the newest ${runs.length + copies} are compared: since=… or until=… chooses others`,
      ),
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
function settling({ a, b }: ScopedSides, margin: number): string {
  const step = (resolutionOf(a.runs) + resolutionOf(b.runs)) / 2;
  if (step >= margin) {
    return `the TSCs move in steps of up to ${percent(step)} of the level: no number of runs tells a smaller difference`;
  }
  const kinds = [...(a.scope === 'kind' ? ['a'] : []), ...(b.scope === 'kind' ? ['b'] : [])];
  const [kind] = kinds;
  if (kind === undefined) return 'more runs would narrow it';
  return kinds.length === 2
    ? 'more hosts would narrow it; more runs of the same hosts hardly'
    : `more hosts of ${kind} would narrow it, and more runs of the hosts of ${kind === 'a' ? 'b' : 'a'}; more runs of those of ${kind} hardly`;
}

function leftOutWarning({ leftOut }: ScopedSides): string[] {
  if (leftOut.length === 0) return [];
  const names = `${leftOut.slice(0, 3).join(', ')}${leftOut.length > 3 ? ` and ${leftOut.length - 3} more` : ''}`;
  return [`left out, because they have runs on one side only while others have them on both: ${names}`];
}

/** The runs of both sides as far as they are compared, and all that stands in the way of that. */
function questioned(query: CompareQuery, a: Side, b: Side) {
  const whole = scopedSides(a, b);
  const [scopedA, scopedB] = [
    { ...a, runs: whole.a.runs },
    { ...b, runs: whole.b.runs },
  ];
  const confounders = confoundersOf(whole, {
    selectors: { a: a.selector, b: b.selector },
    pool: query.pool,
    allow: query.allow,
  });
  const known = refusalsBetween(scopedA, scopedB);
  // Figures of other provenance differ in everything, which need not be said of each field.
  const between = known.some(({ kind }) => kind === 'provenance') ? known : [...known, ...confounders.refusals];
  const clock = between.length > 0 ? null : unitOf(scopedA, scopedB);
  const [unit, unknownClock] = clock === null ? [null, []] : 'unit' in clock ? [clock.unit, []] : [null, [clock]];
  const damaged = between.length > 0 ? [] : notPositive(scopedA, scopedB);
  return { scoped: whole, confounders, unit, refusals: [...between, ...unknownClock, ...damaged] };
}

/** Just after the newest run of both, so that asking again leaves out what came later; null without runs. */
export function asOf(a: Side, b: Side): number | null {
  const newest = [...a.runs, ...b.runs].reduce((latest, { endedAtMs }) => Math.max(latest, endedAtMs), -Infinity);
  return newest === -Infinity ? null : Math.floor(newest) + 1;
}

function commonOf(
  query: CompareQuery,
  a: Side,
  b: Side,
  asked: { scoped: ScopedSides; confounders: Confounders; refusals: Refusal[] },
) {
  const { scoped, confounders, refusals } = asked;
  const { probe, metric, margin, pool, allow } = query;
  // A side that must not be pooled has no median: no host has it.
  const mixed = (name: Name): boolean =>
    refusals.some(({ kind, side }) => side === name && ['mixed', 'executor', 'provenance'].includes(kind));
  // What is refused as a whole is shown as a whole.
  const shown = (name: Name, side: Side) =>
    sideView(refusals.length > 0 ? side : { ...side, runs: scoped[name].runs }, !mixed(name));
  const { differences, mixtures } = confounders;
  return {
    ...{ probe, metric, a: shown('a', a), b: shown('b', b), refusals, differences, mixtures },
    ...{ scope: scopeText(scoped), leftOut: [...scoped.leftOut], more: null },
    method: { name: compareLevelsMethod, margin, pool, allow },
    repeat: repeatOf(query, asOf(a, b)),
  };
}

/**
 * Compares two sides by their hosts' levels, in nanoseconds where their TSCs tick at different rates. Sides that overlap, are empty,
 * are of different provenance, or differ or are mixed in what is neither compared nor allowed are refused: then there is no ratio, and
 * the refusals say why and what to ask instead. Where the runs, hosts or their order in time allow no verdict, the effect is given
 * without one. Pure.
 */
export function judge(query: CompareQuery, a: Side, b: Side): Comparison {
  const { margin, confidence } = query;
  const asked = questioned(query, a, b);
  const { scoped, confounders, unit, refusals } = asked;
  const common = commonOf(query, a, b, asked);
  const warnings = [...warningsOf(a, b), ...leftOutWarning(scoped), ...knownConfounders(confounders)];
  const sentenceOf = (judged: Pick<Comparison, 'verdict' | 'unit' | 'ratio' | 'refusals'>): string =>
    verdictSentence({ ...judged, method: common.method });
  if (unit === null || refusals.length > 0) {
    const nothing = { unit: null, ratio: null, interval: null, verdict: 'inconclusive' as const };
    return {
      ...{ ...common, ...nothing, effects: { ns: null, cycles: null, coreCycles: null } },
      ...{ sentence: sentenceOf({ ...nothing, refusals }), reason: refusals.map(({ reason }) => reason).join('; ') },
      warnings,
    };
  }
  if (unit === 'ns') warnings.push(clockWarning(a, b));
  const few = [...tooFew('a', a, scoped.a), ...tooFew('b', b, scoped.b)];
  const drift = few.length > 0 ? [] : driftObstacle(scoped);
  const effectOf = (of: keyof Comparison['effects']) => effectIn(of, scoped, confidence, few.length === 0);
  const effects = { ns: effectOf('ns'), cycles: effectOf('cycles'), coreCycles: effectOf('coreCycles') };
  const { ratio = null, ratioInterval = null } = effects[unit] ?? {};
  const interval = ratioInterval === null ? null : { ...ratioInterval, confidence };
  const obstacles = [...few, ...drift];
  const verdict = interval === null || obstacles.length > 0 ? 'inconclusive' : verdictOf(interval, margin);
  const reason =
    interval === null || obstacles.length > 0
      ? obstacles.map((obstacle) => obstacle.reason).join('; ')
      : whyVerdict(verdict, interval, margin);
  return {
    ...{ ...common, effects, unit, ratio, interval, verdict, reason },
    sentence: sentenceOf({ verdict, unit, ratio, refusals }),
    more:
      verdict !== 'inconclusive'
        ? null
        : obstacles.length > 0
          ? obstacles.map(({ remedy }) => remedy).join('; ')
          : settling(scoped, margin),
    warnings,
  };
}

import { type CompareQuery, type Comparison, type Refusal, repeatOf, selectorNotes } from '#contracts';
import { compareLevelsMethod, compareWithControlMethod, verdictOf } from '#stats';
import { count, counted, floorNotes, ratio as ratioText, verdictSentence, whyVerdict } from '#wording';
import { markOf } from '../noise-floors/noise-floors.js';
import { seriesKey, seriesOf } from './boots-and-days.js';
import { type Confounders, confoundersOf, knownConfounders } from './confounders.js';
import { type Compared, comparedSides } from './compared.js';
import { controlObstacles } from './control.js';
import { effectIn, estimateIn } from './effects.js';
import { banded } from './model-band.js';
import { notPositive, type Obstacle, refusalsBetween, unitOf } from './obstacles.js';
import { comparedPart, type ScopedSides, scopeText, tooFew } from './scope.js';
import { neededBy, settlingText } from './settling.js';
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

/** Hosts that a warning names. */
const namedQuarantined = 3;

function quarantineWarnings({ selector, quarantined = [] }: Side): string[] {
  if (quarantined.length === 0) return [];
  const more = quarantined.length - namedQuarantined;
  const named = quarantined.slice(0, namedQuarantined).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return [
    `${counted(quarantined.length, 'host')} of "${selector}" ${quarantined.length === 1 ? 'is' : 'are'} quarantined now (${named}); host!=… leaves one out`,
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
          `"${selector}" matches more runs; only the newest ${count(runs.length + copies)} are compared: since=… or until=… chooses others`,
      ),
    ...[a, b].flatMap(copyWarnings),
    ...[a, b].flatMap(noiseWarnings),
    ...[a, b].flatMap(quarantineWarnings),
    ...([...a.runs, ...b.runs].some(({ provenance }) => provenance === 'unknown')
      ? ['nothing shows whether a CPU or an emulator ran these runs (provenance unknown)']
      : []),
    ...([...a.runs, ...b.runs].some(({ provenance }) => provenance === 'imported')
      ? [
          'the runs were imported from kernel logs: what is known of their machines is what the logs and whoever brought them said',
        ]
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

function leftOutWarning({ leftOut }: ScopedSides): string[] {
  if (leftOut.length === 0) return [];
  const names = `${leftOut.slice(0, 3).join(', ')}${leftOut.length > 3 ? ` and ${leftOut.length - 3} more` : ''}`;
  return [`left out, because they have runs on one side only while others have them on both: ${names}`];
}

/** Hosts whose figures scatter above the limit when nothing changes. */
function floorWarnings({ a, b }: ScopedSides, history: NonNullable<Side['history']>): string[] {
  const compared = new Set([...a.runs, ...b.runs].map(seriesOf));
  const own = new Map(history.map((row) => [seriesKey(row), row]));
  const rows = [...own].flatMap(([series, row]) => (compared.has(series) ? [row] : []));
  return floorNotes(rows.map((row) => ({ hostId: row.hostId, metric: row.metric, noiseFloor: markOf(row) })));
}

function controlView({ control }: Compared): Comparison['control'] {
  if (control === null) return null;
  const { side, hosts, a, b } = control;
  return { selector: side.selector, hosts: [...hosts], runs: a.length + b.length };
}

/** Why a verdict is what it is: the interval, or the models' error where only that forbids one. */
function why(
  { band }: Compared,
  verdict: Comparison['verdict'],
  interval: NonNullable<Comparison['interval']>,
  margin: number,
): string {
  const plain = verdictOf(interval, margin);
  if (band === null || verdict !== 'inconclusive' || plain === 'inconclusive')
    return whyVerdict(verdict, interval, margin);
  const { low, high } = banded(interval, band);
  const machines = [...new Set([...band.a, ...band.b])].join(' and ');
  return `${whyVerdict(plain, interval, margin)}, but the models of ${machines} may be off so far that the true ratio lies anywhere from ${ratioText(low)} to ${ratioText(high)}`;
}

/** The runs of both sides as far as they are compared, and all that stands in the way of that. */
function questioned(query: CompareQuery, a: Side, b: Side, control: Side | null) {
  const whole = comparedSides(a, b, query.metric, control);
  const [scopedA, scopedB] = [
    { ...a, runs: whole.a.runs },
    { ...b, runs: whole.b.runs },
  ];
  const parts = { a: comparedPart(a, whole.a, whole.paired), b: comparedPart(b, whole.b, whole.paired) };
  const confounders = confoundersOf(whole, {
    selectors: { a: a.selector, b: b.selector },
    ...{ pool: query.pool, allow: query.allow, parts },
  });
  const known = refusalsBetween(scopedA, scopedB, parts);
  // Figures of other provenance differ in everything, and an empty side or the same runs in nothing: that need not be said of each field.
  const between = known.some(({ kind }) => kind === 'provenance' || kind === 'empty' || kind === 'overlap')
    ? known
    : [...known, ...confounders.refusals];
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
  asked: { scoped: Compared; confounders: Confounders; refusals: Refusal[] },
) {
  const { scoped, confounders, refusals } = asked;
  const { probe, metric, margin, pool, allow } = query;
  // A side that must not be pooled has no median: no host has it.
  const mixed = (name: Name): boolean =>
    refusals.some(({ kind, side }) => side === name && kind === 'provenance') ||
    confounders.mixtures.some(({ side, standing }) => side === name && standing === 'refused');
  // What is refused as a whole is shown as a whole.
  const shown = (name: Name, side: Side) =>
    sideView(refusals.length > 0 ? side : { ...side, runs: scoped[name].runs }, !mixed(name));
  const { differences, mixtures } = confounders;
  return {
    ...{ probe, metric, a: shown('a', a), b: shown('b', b), refusals, differences, mixtures },
    ...{ scope: scopeText(scoped, scoped.boots, scoped.control), leftOut: [...scoped.leftOut], more: null },
    ...{ control: controlView(scoped), modelBand: scoped.band },
    method: {
      name: scoped.control === null ? compareLevelsMethod : compareWithControlMethod,
      ...{ margin, pool, allow },
    },
    repeat: repeatOf(query, asOf(a, b)),
  };
}

/**
 * Compares two sides by their hosts' levels, in nanoseconds where their TSCs tick at different rates. Sides that overlap, are empty,
 * are of different provenance, or differ or are mixed in what is neither compared nor allowed are refused: then there is no ratio, and
 * the refusals say why and what to ask instead. Where the runs, hosts or their order in time allow no verdict, the effect is given
 * without one. With control hosts what happened to them too is taken out. Pure.
 */
export function judge(query: CompareQuery, a: Side, b: Side, control: Side | null = null): Comparison {
  const { margin, confidence } = query;
  const asked = questioned(query, a, b, control);
  const { scoped, confounders, unit, refusals } = asked;
  const common = commonOf(query, a, b, asked);
  const warnings = [...warningsOf(a, b), ...leftOutWarning(scoped), ...knownConfounders(confounders)];
  warnings.push(...floorWarnings(scoped, [...(a.history ?? []), ...(b.history ?? [])]));
  const sentenceOf = (judged: Pick<Comparison, 'verdict' | 'unit' | 'ratio' | 'refusals'>): string =>
    verdictSentence({ ...judged, method: common.method });
  if (unit === null || refusals.length > 0) {
    const nothing = { unit: null, ratio: null, interval: null, verdict: 'inconclusive' as const };
    return {
      ...{ ...common, ...nothing, effects: { ns: null, cycles: null, coreCycles: null } },
      ...{ sentence: sentenceOf({ ...nothing, refusals }), reason: refusals.map(({ reason }) => reason).join('; ') },
      warnings: [...new Set(warnings)],
    };
  }
  if (unit === 'ns') warnings.push(clockWarning(a, b));
  const few =
    scoped.control === null
      ? [...tooFew('a', a, scoped.a), ...tooFew('b', b, scoped.b)]
      : controlObstacles(scoped.control.side, scoped.control, scoped.paired);
  const drift = few.length > 0 || scoped.control !== null ? [] : driftObstacle(scoped);
  const effectOf = (of: keyof Comparison['effects']) => effectIn(of, scoped, confidence, few.length === 0);
  const effects = { ns: effectOf('ns'), cycles: effectOf('cycles'), coreCycles: effectOf('coreCycles') };
  const { ratio = null, ratioInterval = null } = effects[unit] ?? {};
  const interval = ratioInterval === null ? null : { ...ratioInterval, confidence };
  const obstacles = [...few, ...drift];
  const verdict =
    interval === null || obstacles.length > 0 ? 'inconclusive' : verdictOf(banded(interval, scoped.band), margin);
  const reason =
    interval === null || obstacles.length > 0
      ? obstacles.map((obstacle) => obstacle.reason).join('; ')
      : why(scoped, verdict, interval, margin);
  return {
    ...{ ...common, effects, unit, ratio, interval, verdict, reason },
    sentence: sentenceOf({ verdict, unit, ratio, refusals }),
    more:
      verdict !== 'inconclusive'
        ? null
        : obstacles.length > 0
          ? [...new Set(obstacles.map(({ remedy }) => remedy))].join('; ')
          : settlingText(scoped, neededBy(scoped, estimateIn(unit, scoped, confidence), query)),
    warnings,
  };
}

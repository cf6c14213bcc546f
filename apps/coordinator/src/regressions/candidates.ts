import { executorSchema, type FindingMovement, provenanceSchema } from '#contracts';
import type { Facts } from '../compare/facts.js';
import { type FoundSpread, type LevelMovement, movementsOf, type Sightings } from './find-movements.js';
import { effectOf } from './sides-of-change.js';
import type { WatchedSeries } from './watched-series.js';

const dayMs = 86_400_000;
export const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);
export const dayOf = (date: string): number => Math.floor(Date.parse(date) / dayMs);

/** A change as one look sees it, not yet compared with what earlier ones saw. Days since 1970. */
export interface Candidate {
  movement: Omit<FindingMovement, 'firstRuns' | 'common' | 'suspects' | 'generations'>;
  members: readonly WatchedSeries[];
  from: number;
  to: number;
}

const hostsOf = (members: readonly WatchedSeries[]): string[] =>
  [...new Set(members.map(({ hostId }) => hostId))].sort();

export const kindOf = ({ executor, provenance, probe, metric }: WatchedSeries): string =>
  JSON.stringify([executor, provenance, probe, metric]);

/** The database keeps to the contract's words. */
const runsOf = ({ executor, provenance }: Pick<WatchedSeries, 'executor' | 'provenance'>) => ({
  executor: executorSchema.parse(executor),
  provenance: provenanceSchema.parse(provenance),
});

/** From when on all members had the level before: not from a day on which one had another boot state too. */
function levelSince({ members }: LevelMovement): string {
  const days = members.map(({ key, shift: { sinceDay } }) => {
    const states = key.segments.filter((segment) => segment.days.includes(sinceDay)).length;
    return states > 1 ? sinceDay + 1 : sinceDay;
  });
  return dateOf(days.reduce((latest, day) => Math.max(latest, day)));
}

function ofLevel(found: LevelMovement, others: readonly WatchedSeries[]): Candidate {
  const members = found.members.map(({ key }) => key);
  const [{ executor, provenance, probe, metric } = raise()] = members;
  const { kind, direction, ratio, p, fromDay: from, toDay: to } = found;
  const series = { probe, metric, alsoIn: [], ...runsOf({ executor, provenance }) };
  const dated = { fromDay: dateOf(from), toDay: dateOf(to), hosts: hostsOf(members) };
  return {
    movement: {
      kind,
      direction,
      ...series,
      ratio,
      p,
      ...dated,
      levelSince: levelSince(found),
      ...effectOf(found, others),
    },
    ...{ members, from, to },
  };
}

function ofNoise({ series, spread: { direction, factor, p, day, before, after } }: FoundSpread): Candidate {
  const { hostId, executor, provenance, probe, metric } = series;
  const none = { interval: null, beforeNs: null, effectNs: null };
  const dated = { fromDay: dateOf(day), toDay: dateOf(day), hosts: [hostId] };
  const what = { kind: 'noise' as const, direction, ratio: factor, p, days: { before, after }, ...none };
  const measure = { probe, metric, alsoIn: [], ...runsOf({ executor, provenance }) };
  return {
    movement: { ...what, ...measure, ...dated },
    ...{ members: [series], from: day, to: day },
  };
}

function raise(): never {
  throw new RangeError('a movement has members');
}

/** Days by which the same change may be dated apart in two metrics, and the restlessness of one machine. */
const slackDays = { step: 3, creep: 14, noise: 30 } as const;

function sameInAnotherMetric(a: Candidate, b: Candidate): boolean {
  const [one, other] = [a.movement, b.movement];
  if (one.kind !== other.kind || one.direction !== other.direction) return false;
  if (one.executor !== other.executor || one.provenance !== other.provenance) return false;
  const slack = slackDays[one.kind];
  if (a.from - slack > b.to || b.from - slack > a.to) return false;
  const common = one.hosts.filter((host) => other.hosts.includes(host)).length;
  return 2 * common >= Math.min(one.hosts.length, other.hosts.length);
}

const daysOff = (a: Candidate, b: Candidate): number => Math.abs(a.from - b.from) + Math.abs(a.to - b.to);

/**
 * One candidate for what shows in several metrics of the same hosts: that of the metric in which it is clearest. Two changes of one metric
 * are never one.
 */
function togetherInMetrics(all: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const one of [...all].sort((a, b) => a.movement.p - b.movement.p || a.from - b.from)) {
    const { probe, metric, ratio } = one.movement;
    const [clearest] = kept
      .filter((other) => sameInAnotherMetric(other, one))
      .filter(
        ({ movement }) => ![movement, ...movement.alsoIn].some((own) => own.probe === probe && own.metric === metric),
      )
      .sort((a, b) => daysOff(a, one) - daysOff(b, one));
    if (clearest === undefined) kept.push({ ...one, movement: { ...one.movement } });
    else clearest.movement.alsoIn = [...clearest.movement.alsoIn, { probe, metric, ratio }];
  }
  return kept.sort((a, b) => a.from - b.from || a.movement.p - b.movement.p);
}

/** Everything that a look saw, each change once. */
function candidatesOf(
  movements: readonly LevelMovement[],
  spreads: readonly FoundSpread[],
  fleet: readonly WatchedSeries[],
): Candidate[] {
  const moved = new Set(movements.flatMap(({ members }) => members.map(({ key }) => key.hostId)));
  const still = new Map<string, WatchedSeries[]>();
  for (const series of fleet) {
    if (moved.has(series.hostId)) continue;
    const own = still.get(kindOf(series));
    if (own === undefined) still.set(kindOf(series), [series]);
    else own.push(series);
  }
  const levels = movements.map((one) => ofLevel(one, still.get(kindOf(one.members[0]?.key ?? raise())) ?? []));
  return togetherInMetrics([...levels, ...spreads.map(ofNoise)]);
}

/** Days that a look at the end of a segment spans, and a look at a machine: one that grows restless takes months. */
export const [lookedDays, spreadDays] = [100, 200];

/** Changes that a look is to tell of, each once: those of the days since, or of the last that it spans. */
export function seenIn(
  sightings: Pick<Sightings, 'shifts' | 'spreads'>,
  fleet: readonly WatchedSeries[],
  { sinceMs, nowMs }: { sinceMs: number; nowMs: number },
): Candidate[] {
  const from = (days: number): number => Math.floor(Math.min(sinceMs, nowMs - days * dayMs) / dayMs);
  const [ofLevel, ofNoise] = [from(lookedDays), from(spreadDays)];
  const candidates = candidatesOf(movementsOf(sightings), sightings.spreads, fleet);
  return candidates.filter(({ movement, to }) => to >= (movement.kind === 'noise' ? ofNoise : ofLevel));
}

/** The last boot state of a series before a day. */
export const hashAt = ({ segments }: Pick<WatchedSeries, 'segments'>, day: number): string | undefined =>
  [...segments]
    .filter(({ days }) => (days[0] ?? Infinity) <= day)
    .sort((a, b) => (a.days[0] ?? 0) - (b.days[0] ?? 0))
    .at(-1)?.bootStateHash;

/** The facts of a series at the time of a change. */
export const factsAt = (series: WatchedSeries, day: number, facts: ReadonlyMap<string, Facts>): Facts =>
  facts.get(hashAt(series, day) ?? '') ?? {};

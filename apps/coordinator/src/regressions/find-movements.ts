import { type FoundShift, lookBack, lookForSpread, type Movement, movedTogether, type Spread } from '#stats';
import type { Facts } from '../compare/facts.js';
import { lineOf, type Line } from '../trends/borders.js';
import type { WatchedSeries } from './watched-series.js';

export type LevelMovement = Movement<WatchedSeries>;

export interface Movements {
  levels: LevelMovement[];
  spreads: { series: WatchedSeries; spread: Spread }[];
  /** Series without a segment long enough to look at. */
  tooShort: number;
}

/** Three days on either side of a change. */
const shortest = 6;

/** What tells one CPU from another: with another one the scatter of runs is another machine's. */
const cpuOf = (facts: Facts | undefined): string => `${facts?.['cpu-name'] ?? ''} ${facts?.['cpuid'] ?? ''}`;

function spreadsOf(series: WatchedSeries, facts: ReadonlyMap<string, Facts>): Movements['spreads'] {
  const machines = new Map<string, WatchedSeries['spread']>();
  for (const one of series.spread) {
    const cpu = cpuOf(facts.get(one.bootStateHash));
    machines.set(cpu, [...(machines.get(cpu) ?? []), one]);
  }
  return [...machines.values()].flatMap((days) =>
    lookForSpread(
      days.map(({ day }) => day),
      days.map(({ runSd }) => runSd),
    ).map((spread) => ({ series, spread })),
  );
}

/** Whether a host had grown restless by the time of a change: then its level is no longer told of. */
function restless(spreads: Movements['spreads'], { key, shift }: FoundShift<WatchedSeries>): boolean {
  const own = spreads.filter(({ series, spread }) => lineOf(series) === lineOf(key) && spread.day <= shift.toDay);
  return own.at(-1)?.spread.direction === 'up';
}

/**
 * All that changed within segments, hosts that moved together in one entry each. Gives way after every series, since a look takes a
 * millisecond and others wait for this process.
 */
export async function findMovements(
  all: readonly WatchedSeries[],
  facts: ReadonlyMap<string, Facts>,
  minEffect: number,
): Promise<Movements> {
  const found: FoundShift<WatchedSeries>[] = [];
  const spreads: Movements['spreads'] = [];
  let tooShort = 0;
  for (const series of all) {
    const long = series.segments.filter(({ days }) => days.length >= shortest);
    if (long.length === 0) tooShort += 1;
    for (const segment of long) found.push(...lookBack(series, segment, { minEffect }));
    spreads.push(...spreadsOf(series, facts));
    await new Promise((resolve) => void setImmediate(resolve));
  }
  const kinds = new Map<string, FoundShift<WatchedSeries>[]>();
  for (const one of found.filter((shift) => !restless(spreads, shift))) {
    const { executor, provenance }: Line = one.key;
    const kind = JSON.stringify([executor, provenance]);
    kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
  }
  return { levels: [...kinds.values()].flatMap((own) => movedTogether(own)), spreads, tooShort };
}

import { comparedField, type ComparedField, notAffected } from '#contracts';
import type { Facts } from './facts.js';
import type { ScopedSides } from './scope.js';

type Name = 'a' | 'b';

/** Runs of a side that share their facts and are compared with each other. */
interface Group {
  facts: Facts;
  /** Of hosts on both sides each is compared with itself, else all with all. */
  stratum: string;
  runs: number;
}

type Groups = Readonly<Record<Name, readonly Group[]>>;

/** Where values meet that are not the same. */
interface Conflict {
  differs: boolean;
  mixed: Readonly<Record<Name, boolean>>;
}

/** One field of a comparison: its values, and whether these are in each other's way. */
export interface FieldTally extends ComparedField {
  name: string;
  /** Runs by value, null where it is not known. */
  values: Readonly<Record<Name, ReadonlyMap<string | null, number>>>;
  /** Of all values. */
  seen: Conflict;
  /** Of those that do not follow from the CPU models. */
  own: Conflict;
}

/** Numbers of the facts that a host's runs have on one side, with how many runs have them. */
type Tally = Map<number, number>;

/**
 * Of hosts on both sides each is compared with itself. Hosts whose runs have the same facts on either side conflict alike, so they are
 * one stratum: ten thousand hosts of a fleet are a few hundred.
 */
function groupsOf({ a, b, paired }: ScopedSides): Groups {
  const numbers = new Map<Facts, number>();
  const hosts = new Map<string, Record<Name, Tally>>();
  const note = (side: Name, { hostId, facts }: ScopedSides['a']['runs'][number]): void => {
    const stratum = paired ? hostId : '';
    const seen = hosts.get(stratum) ?? { a: new Map(), b: new Map() };
    hosts.set(stratum, seen);
    const number = numbers.get(facts) ?? numbers.size;
    numbers.set(facts, number);
    seen[side].set(number, (seen[side].get(number) ?? 0) + 1);
  };
  for (const run of a.runs) note('a', run);
  for (const run of b.runs) note('b', run);
  const strata = new Map<string, Record<Name, Tally>>();
  const signature = (tally: Tally): string => [...tally.keys()].sort((x, y) => x - y).join();
  for (const host of hosts.values()) {
    const stratum = `${signature(host.a)}|${signature(host.b)}`;
    const all = strata.get(stratum);
    if (all === undefined) strata.set(stratum, host);
    else for (const side of ['a', 'b'] as const) addTo(all[side], host[side]);
  }
  const facts = [...numbers.keys()];
  const of = (side: Name): Group[] =>
    [...strata].flatMap(([stratum, tallies]) =>
      [...tallies[side]].map(([number, runs]) => ({ facts: facts[number] ?? {}, stratum, runs })),
    );
  return { a: of('a'), b: of('b') };
}

function addTo(all: Tally, more: Tally): void {
  for (const [number, runs] of more) all.set(number, (all.get(number) ?? 0) + runs);
}

const modelOf = ({ facts, stratum }: Group): string =>
  [stratum, facts['cpuid'], facts['cpu-name'], facts['fact.hostCpu']].join('|');

function conflictOf(
  { a, b }: Groups,
  name: string,
  stratumOf: (group: Group) => string,
  counts: (group: Group) => boolean,
): Conflict {
  const strata = new Map<string, Record<Name, Set<string | null>>>();
  const note = (side: Name, group: Group): void => {
    if (!counts(group)) return;
    const stratum = stratumOf(group);
    const sets = strata.get(stratum) ?? { a: new Set(), b: new Set() };
    strata.set(stratum, sets);
    sets[side].add(group.facts[name] ?? null);
  };
  for (const group of a) note('a', group);
  for (const group of b) note('b', group);
  const sets = [...strata.values()];
  const other = (x: ReadonlySet<string | null>, y: ReadonlySet<string | null>): boolean =>
    x.size > 0 && y.size > 0 && (x.size !== y.size || [...x].some((value) => !y.has(value)));
  return {
    differs: sets.some((set) => other(set.a, set.b)),
    mixed: { a: sets.some((set) => set.a.size > 1), b: sets.some((set) => set.b.size > 1) },
  };
}

/** A CPU without the vulnerability needs no mitigation, and a kernel isolates no pages for it: the silicon's doing, not a setting's. */
function bySilicon(name: string): ((group: Group) => boolean) | null {
  const vulnerability = name === 'kpti' ? 'mitigation.meltdown' : name.startsWith('mitigation.') ? name : null;
  return vulnerability === null ? null : ({ facts }) => facts[vulnerability] === notAffected;
}

function ownConflict(
  groups: Groups,
  name: string,
  { trait }: ComparedField,
  modelsVary: boolean,
  seen: Conflict,
): Conflict {
  const everything = (): boolean => true;
  if (trait === 'of-model') return conflictOf(groups, name, modelOf, everything);
  const silicon = bySilicon(name);
  if (!modelsVary || silicon === null) return seen;
  return conflictOf(
    groups,
    name,
    ({ stratum }) => stratum,
    (group) => !silicon(group),
  );
}

function valuesOf(groups: readonly Group[], name: string): Map<string | null, number> {
  const values = new Map<string | null, number>();
  for (const { facts, runs } of groups) {
    const value = facts[name] ?? null;
    values.set(value, (values.get(value) ?? 0) + runs);
  }
  return new Map([...values].sort(([x, many], [y, few]) => few - many || ((x ?? '') < (y ?? '') ? -1 : 1)));
}

/** The fields in which the runs of two sides are not all alike, in the order of their names. */
export function fieldTallies(sides: ScopedSides): FieldTally[] {
  const groups = groupsOf(sides);
  const all = [...groups.a, ...groups.b];
  const names = [...new Set([...new Set(all.map(({ facts }) => facts))].flatMap((facts) => Object.keys(facts)))].sort();
  const models = new Set(all.map((group) => modelOf({ ...group, stratum: '' })));
  return names.flatMap((name): FieldTally[] => {
    const values = { a: valuesOf(groups.a, name), b: valuesOf(groups.b, name) };
    if (new Set([...values.a.keys(), ...values.b.keys()]).size < 2) return [];
    const seen = conflictOf(
      groups,
      name,
      ({ stratum }) => stratum,
      () => true,
    );
    if (!seen.differs && !seen.mixed.a && !seen.mixed.b) return [];
    const declared = comparedField(name);
    return [{ ...declared, name, values, seen, own: ownConflict(groups, name, declared, models.size > 1, seen) }];
  });
}

import { type ChangedField, comparedField } from '#contracts';
import type { Facts } from '../compare/facts.js';
import type { Border } from './borders.js';

/** Hosts that changed alike, within the same wave. */
export interface KnownChange {
  kind: 'boot-state' | 'another-machine';
  fields: ChangedField[];
  /** In the order of time. */
  borders: [Border, ...Border[]];
}

/**
 * From one host's change to the next of the same wave at most. Ours: an update that goes out rack by rack takes days, and the same
 * one again a month later is another story.
 */
export const waveGapMs = 7 * 86_400_000;

/** The most telling fact of a CPU's identity first; the others follow from it. */
const identities = ['generation', 'cpu-name', 'cpuid', 'uarch', 'vendor', 'fact.hostCpu'];

/** What a field of the facts was and is. What follows from another field that differs, or can't change a cost, is left out. */
export function changedFields(before: Facts, after: Facts): Pick<KnownChange, 'kind' | 'fields'> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const differing = names.filter((name) => before[name] !== after[name]);
  const told = (those: readonly string[]): ChangedField[] =>
    those.map((field) => ({ field, from: before[field] ?? null, to: after[field] ?? null }));
  const identity = identities.find((name) => differing.includes(name) && before[name] !== undefined);
  if (identity !== undefined) return { kind: 'another-machine', fields: told([identity]) };
  const own = differing.filter((name) => !comparedField(name).follows.some((other) => differing.includes(other)));
  const conditions = own.filter((name) => comparedField(name).trait !== 'incidental');
  return { kind: 'boot-state', fields: told(conditions.length > 0 ? conditions : own) };
}

const nothing: Facts = {};

/** One entry for all hosts of one executor and provenance that changed the same fields alike, each within a week of the one before. */
export function knownChanges(borders: readonly Border[], facts: ReadonlyMap<string, Facts>): KnownChange[] {
  // By the facts themselves: hosts of a kind share them.
  const pairs = new Map<Facts, Map<Facts, Pick<KnownChange, 'kind' | 'fields'>>>();
  const changeOf = ({ before, after }: Border): Pick<KnownChange, 'kind' | 'fields'> => {
    const [was, is] = [facts.get(before) ?? nothing, facts.get(after) ?? nothing];
    const ofBefore = pairs.get(was) ?? new Map<Facts, Pick<KnownChange, 'kind' | 'fields'>>();
    const known = ofBefore.get(is) ?? changedFields(was, is);
    pairs.set(was, ofBefore.set(is, known));
    return known;
  };
  const newest = new Map<string, KnownChange>();
  const all: KnownChange[] = [];
  for (const border of [...borders].sort((a, b) => a.atMs - b.atMs || (a.hostId < b.hostId ? -1 : 1))) {
    const { kind, fields } = changeOf(border);
    const key = JSON.stringify([kind, fields, border.executor, border.provenance]);
    const wave = newest.get(key);
    if (wave !== undefined && border.atMs - (wave.borders.at(-1)?.atMs ?? 0) <= waveGapMs) wave.borders.push(border);
    else {
      const change: KnownChange = { kind, fields, borders: [border] };
      newest.set(key, change);
      all.push(change);
    }
  }
  return all;
}

import type { Refusal } from '#contracts';
import { counted, listed } from '#wording';
import { sameClock, type Side } from './side.js';

/** What stands in the way of a verdict, and what to do about it. */
export interface Obstacle {
  /** One sentence without a full stop. */
  reason: string;
  remedy: string;
}

type Name = 'a' | 'b';

function tally(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

function mixesProvenances(side: Name, { selector, runs }: Side, part: string): Refusal[] {
  const states = tally(runs.map(({ provenance }) => provenance));
  if (states.length < 2) return [];
  const parts = states.map(([value, many]) => `${counted(many, 'run')} with provenance=${value}`);
  return [
    {
      ...{ kind: 'provenance', side, field: null },
      reason: `${side}, "${selector}", mixes ${listed(parts)}${part}, so that its median would be one that no host has`,
      remedy: `add ${states.map(([value]) => `provenance=${value}`).join(' or ')} to ${side}`,
    },
  ];
}

function provenancesDiffer(a: Side, b: Side): Refusal[] {
  const of = ({ runs }: Side) => new Set(runs.map(({ provenance }) => provenance));
  const all = [...new Set([...of(a), ...of(b)])].sort();
  // A side that mixes them says so itself.
  if (all.length < 2 || of(a).size > 1 || of(b).size > 1) return [];
  const mix = listed(all);
  return [
    {
      ...{ kind: 'provenance', side: null, field: null },
      reason: `${mix} figures are not compared with each other`,
      remedy: `the runs are ${mix}; add for example provenance=${all[0]} to both selectors`,
    },
  ];
}

/** Runs of b that stand on side a too, themselves or as a copy. */
function overlaps(a: Side, b: Side): Refusal[] {
  const inA = new Set(a.runs.flatMap(({ runId, draw }) => (draw === null ? [runId] : [runId, draw])));
  const both = b.runs.filter(({ runId, draw }) => inA.has(runId) || (draw !== null && inA.has(draw))).length;
  if (both === 0) return [];
  return [
    {
      ...{ kind: 'overlap', side: null, field: null },
      reason: `${counted(both, 'run')} of b, "${b.selector}", ${both === 1 ? 'stands' : 'stand'} on side a too, so that the sides are not independent`,
      remedy: 'make the selectors disjoint, so that no run matches both',
    },
  ];
}

function empty(side: Name, { runs, selector, notYet }: Side): Refusal[] {
  if (runs.length > 0) return [];
  return [
    {
      ...{ kind: 'empty', side, field: null },
      reason: notYet?.reason ?? `${side}, "${selector}", matches no completed run`,
      remedy: notYet?.remedy ?? `choose others for ${side}, or measure (xf submit)`,
    },
  ];
}

/** The unit in which two sides' medians can be put beside each other, or why there is none. */
export function unitOf(a: Side, b: Side): { unit: 'cycles' | 'ns' } | Refusal {
  const runs = [...a.runs, ...b.runs];
  const unknown = runs.filter(({ tscKhz }) => tscKhz === null);
  if (unknown.length === 0) return { unit: sameClock(runs) ? 'cycles' : 'ns' };
  const hosts = new Set(runs.map(({ hostId }) => hostId));
  // The cycles of one host's TSC are the same length, whatever that is.
  if (unknown.length === runs.length && hosts.size === 1) return { unit: 'cycles' };
  const where = [...new Set(unknown.map(({ hostId }) => hostId))].sort();
  const named = `${where.slice(0, 3).join(', ')}${where.length > 3 ? ` and ${where.length - 3} more` : ''}`;
  return {
    ...{ kind: 'clock', side: null, field: null },
    reason: `the TSC's rate is not known for ${unknown.length} of ${runs.length} runs (${named}), so that their cycles can't be put beside those of another clock`,
    remedy: 'compare runs of one such host with each other, or hosts whose rate is known (xf hosts <hostId> shows it)',
  };
}

/** A run without a positive median is damaged, and a ratio of it is none. */
export function notPositive(a: Side, b: Side): Refusal[] {
  const wrong = [...a.runs, ...b.runs].filter(({ p50Cycles }) => !(p50Cycles > 0 && p50Cycles < Infinity));
  const [first] = wrong;
  if (first === undefined) return [];
  return [
    {
      ...{ kind: 'value', side: null, field: null },
      reason: `${wrong.length === 1 ? 'a run has' : `${wrong.length} runs have`} a median of ${first.p50Cycles} cycles (${first.runId}), so that there is no ratio`,
      remedy: `leave it out (run!=${first.runId}), and look at its samples (xf export ${first.runId})`,
    },
  ];
}

/**
 * Everything that stands in the way of comparing two sides, apart from their clocks and boot states.
 *
 * @param parts which of a side's runs these are, where they are not all
 */
export function refusalsBetween(a: Side, b: Side, parts: Readonly<Record<Name, string>>): Refusal[] {
  return [
    ...empty('a', a),
    ...empty('b', b),
    ...mixesProvenances('a', a, parts.a),
    ...mixesProvenances('b', b, parts.b),
    ...provenancesDiffer(a, b),
    ...overlaps(a, b),
  ];
}

import { simulators } from '#contracts';
import type { Replicate } from './side.js';

/** Beyond this share of pairs in one order, the sides were measured one after the other. */
const mostInOrder = 0.75;

export type TimeOrder = 'interleaved' | 'a first' | 'b first';

/**
 * Whether the two sides were measured side by side or one after the other, so that a drift of the machine (temperature, a
 * neighbour, a slow leak) would look like an effect. Of all pairs of a run of a and one of b, on the same host where the sides
 * share hosts, in which share is b's the later?
 *
 * With drift of AR(1) 0.7 and run SD 2 %, intervals are wrong beyond a margin of 1 % in at most 4.7 % of A/A comparisons up to a
 * share of 0.75, and in 2 to 31 % at 1 (docs/statistics.md). Simulated figures follow from their seeds, not from the time: they have
 * no drift, and are `interleaved` in any order.
 */
export function timeOrder(a: readonly Replicate[], b: readonly Replicate[], paired: boolean): TimeOrder {
  if ([...a, ...b].every(({ facts }) => simulators.includes(facts['executor'] ?? ''))) return 'interleaved';
  const [groupsA, groupsB] = [timesByGroup(a, paired), timesByGroup(b, paired)];
  let pairs = 0;
  let later = 0;
  for (const [group, timesA] of groupsA) {
    const timesB = groupsB.get(group) ?? [];
    pairs += timesA.length * timesB.length;
    later += laterPairs(timesA, timesB);
  }
  if (later > mostInOrder * pairs) return 'a first';
  return later < (1 - mostInOrder) * pairs ? 'b first' : 'interleaved';
}

/** When runs ended, by host where the sides share hosts, else all in one. */
function timesByGroup(runs: readonly Replicate[], paired: boolean): Map<string | null, number[]> {
  const groups = new Map<string | null, number[]>();
  for (const { hostId, endedAtMs } of runs) {
    const group = paired ? hostId : null;
    const times = groups.get(group) ?? [];
    times.push(endedAtMs);
    groups.set(group, times);
  }
  return groups;
}

/** Pairs in which b's time is the later, plus half of those that tie. */
function laterPairs(a: readonly number[], b: readonly number[]): number {
  const sorted = Float64Array.from(a).sort();
  let [below, upTo, count] = [0, 0, 0];
  for (const time of Float64Array.from(b).sort()) {
    while (below < sorted.length && (sorted[below] ?? 0) < time) below += 1;
    while (upTo < sorted.length && (sorted[upTo] ?? 0) <= time) upTo += 1;
    count += (below + upTo) / 2;
  }
  return count;
}

import { type LookOptions, lookDays, lookForShifts, type SegmentDays, type Shift } from './look-for-shifts.js';
import type { FoundShift } from './moved-together.js';

/** From one look back to the next. Ours: each change falls into several looks of 100 days, with days on both sides in most of them. */
const everyDays = 25;
/** Two looks' dates of one change differ by no more. */
const sameDays = 14;

const sides = ({ before, after }: Shift): number => Math.min(before, after);
const daysApart = (a: Shift, b: Shift): number => Math.max(0, a.fromDay - b.toDay, b.fromDay - a.toDay);
const isSame = (a: Shift, b: Shift): boolean => a.direction === b.direction && daysApart(a, b) <= sameDays;
/** Whether a change is a part of a creep that was found. */
const isWithin = (a: Shift, creep: Shift): boolean =>
  creep.kind === 'creep' && a.direction === creep.direction && daysApart(a, creep) === 0;

/** Of two views of one change the one of more days on its shorter side; a creep begins as a step, so it is the fuller view of one. */
const fuller = (a: Shift, b: Shift): boolean => (a.kind === b.kind ? sides(a) > sides(b) : a.kind === 'creep');

/**
 * All changes of a segment, as looks at its ends so far would have found them, each once. A segment of 100 days is one look, a
 * longer one a look for every 25 days more; each look has the part of a nightly one in what may go wrong.
 */
export function lookBack<Key>(key: Key, segment: SegmentDays, options: LookOptions = {}): FoundShift<Key>[] {
  const { days, levels } = segment;
  let found: FoundShift<Key>[] = [];
  for (let end = Math.min(days.length, lookDays); ; end = Math.min(days.length, end + everyDays)) {
    const from = Math.max(0, end - lookDays);
    const window = { days: days.slice(from, end), levels: levels.slice(from, end) };
    found = withLook(
      found,
      lookForShifts(window, options).map((shift) => ({ key, shift, segment: window })),
    );
    if (end === days.length) return found;
  }
}

/**
 * What one more look adds. Changes that one look tells apart are two, however near they are: each is paired with the nearest of those that
 * were found before, and with none that another one is nearer to.
 */
function withLook<Key>(found: readonly FoundShift<Key>[], seen: readonly FoundShift<Key>[]): FoundShift<Key>[] {
  const pairs = seen.flatMap((now) => found.filter((one) => isSame(one.shift, now.shift)).map((one) => ({ one, now })));
  const off = ({ one, now }: (typeof pairs)[number]): number =>
    Math.abs(one.shift.fromDay - now.shift.fromDay) + Math.abs(one.shift.toDay - now.shift.toDay);
  pairs.sort((a, b) => daysApart(a.one.shift, a.now.shift) - daysApart(b.one.shift, b.now.shift) || off(a) - off(b));
  const met = new Map<FoundShift<Key>, FoundShift<Key>>();
  for (const { one, now } of pairs) if (!met.has(now) && ![...met.values()].includes(one)) met.set(now, one);
  const kept = found.map((one) => {
    const now = seen.find((another) => met.get(another) === one);
    return now !== undefined && fuller(now.shift, one.shift) ? now : one;
  });
  const fresh = seen.filter((now) => !met.has(now) && !kept.some((one) => isWithin(now.shift, one.shift)));
  // Steps that proved to be parts of one creep are no changes of their own.
  const all = [...kept, ...fresh];
  return all.filter(
    (one) => !all.some((other) => other !== one && one.shift.kind === 'step' && isWithin(one.shift, other.shift)),
  );
}

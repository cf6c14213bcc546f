import { type LookOptions, lookDays, lookForShifts, type SegmentDays, type Shift } from './look-for-shifts.js';
import type { FoundShift } from './moved-together.js';

/** From one look back to the next. Ours: each change falls into several looks of 100 days, with days on both sides in most of them. */
const everyDays = 25;
/** Two looks' dates of one change differ by no more. */
const sameDays = 14;

const sides = ({ before, after }: Shift): number => Math.min(before, after);
const isSame = (a: Shift, b: Shift): boolean =>
  a.direction === b.direction && a.fromDay <= b.toDay + sameDays && b.fromDay <= a.toDay + sameDays;

/** Of two views of one change the one of more days on its shorter side; a creep begins as a step, so it is the fuller view of one. */
const fuller = (a: Shift, b: Shift): boolean => (a.kind === b.kind ? sides(a) > sides(b) : a.kind === 'creep');

/**
 * All changes of a segment, as looks at its ends so far would have found them, each once. A segment of 100 days is one look, a
 * longer one a look for every 25 days more; each look has the part of a nightly one in what may go wrong.
 */
export function lookBack<Key>(key: Key, segment: SegmentDays, options: LookOptions = {}): FoundShift<Key>[] {
  const { days, levels } = segment;
  const found: FoundShift<Key>[] = [];
  for (let end = Math.min(days.length, lookDays); ; end = Math.min(days.length, end + everyDays)) {
    const from = Math.max(0, end - lookDays);
    const window = { days: days.slice(from, end), levels: levels.slice(from, end) };
    for (const shift of lookForShifts(window, options)) {
      const known = found.findIndex((one) => isSame(one.shift, shift));
      const one = { key, shift, segment: window };
      if (known === -1) found.push(one);
      else if (fuller(shift, found[known]?.shift ?? shift)) found[known] = one;
    }
    if (end === days.length) return found;
  }
}

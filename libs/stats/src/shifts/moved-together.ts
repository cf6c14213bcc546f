import { dateShift } from './date-shift.js';
import type { SegmentDays, Shift } from './look-for-shifts.js';

/** A change of one series, with the days that it was found in. */
export interface FoundShift<Key> {
  key: Key;
  shift: Shift;
  /** The days of the look: those of the series' segment, up to the end of it. */
  segment: SegmentDays;
}

/** Series that changed together. */
export interface Movement<Key> extends Omit<Shift, 'before' | 'after' | 'sinceDay' | 'untilDay'> {
  members: FoundShift<Key>[];
}

/** Days by which dates of single series may miss each other: a step of 1.5 SDs is dated to within five days in nine of ten. */
const slackDays = 3;
const creepSlackDays = 14;

/** Whether two changes may be one: in the same direction, neither more than twice as large, at about the same time. */
function alike(a: Shift, b: Shift): boolean {
  if (a.direction !== b.direction || a.kind !== b.kind) return false;
  const [x, y] = [Math.abs(Math.log(a.ratio)), Math.abs(Math.log(b.ratio))];
  if (Math.max(x, y) > 2 * Math.min(x, y)) return false;
  if (a.kind === 'creep')
    return Math.abs(a.fromDay - b.fromDay) <= creepSlackDays && Math.abs(a.toDay - b.toDay) <= creepSlackDays;
  return a.fromDay - slackDays <= b.toDay && b.fromDay - slackDays <= a.toDay;
}

/**
 * One entry for series that changed together; two changes of one series are in two. They are dated by the mean of their days, each about its own level before: of six hosts it
 * scatters less than half as much as one's.
 */
export function movedTogether<Key>(found: readonly FoundShift<Key>[]): Movement<Key>[] {
  const groups: { first: Shift; keys: Set<Key>; members: FoundShift<Key>[] }[] = [];
  for (const one of [...found].sort((a, b) => a.shift.fromDay - b.shift.fromDay || a.shift.p - b.shift.p)) {
    const { key, shift } = one;
    const group = groups.find(({ first, keys }) => !keys.has(key) && alike(first, shift));
    if (group === undefined) groups.push({ first: shift, keys: new Set([key]), members: [one] });
    else {
      group.keys.add(key);
      group.members.push(one);
    }
  }
  return groups.map(({ members }) => movementOf(members));
}

function movementOf<Key>(members: FoundShift<Key>[]): Movement<Key> {
  const [first] = members;
  if (first === undefined) throw new RangeError('a movement has members');
  const { kind, direction, fromDay, toDay } = first.shift;
  const ratio = Math.exp(members.reduce((sum, { shift }) => sum + Math.log(shift.ratio), 0) / members.length);
  const p = Math.min(...members.map(({ shift }) => shift.p));
  const alone = { members, kind, direction, fromDay, toDay, ratio, p };
  return members.length === 1 || kind === 'creep' ? alone : { ...alone, ...(pooledDate(members) ?? {}) };
}

function pooledDate<Key>(members: readonly FoundShift<Key>[]): Pick<Shift, 'fromDay' | 'toDay'> | null {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { shift, segment } of members) {
    const logs = segment.levels.map((level) => Math.log(level));
    const before = logs.filter((_, i) => (segment.days[i] ?? 0) < shift.fromDay);
    const level = before.reduce((sum, log) => sum + log, 0) / Math.max(1, before.length);
    segment.days.forEach((day, i) => {
      const own = sums.get(day) ?? { sum: 0, count: 0 };
      sums.set(day, { sum: own.sum + (logs[i] ?? 0) - level, count: own.count + 1 });
    });
  }
  // Days that few of them have say more of those few than of the movement.
  const days = [...sums].filter(([, { count }]) => 2 * count > members.length).sort(([a], [b]) => a - b);
  if (days.length < 4) return null;
  const { kind, from, to } = dateShift(days.map(([, { sum, count }]) => sum / count));
  if (kind === 'creep') return null;
  const dayBefore = days[from - 1]?.[0];
  return { fromDay: dayBefore === undefined ? (days[from]?.[0] ?? 0) : dayBefore + 1, toDay: days[to]?.[0] ?? 0 };
}

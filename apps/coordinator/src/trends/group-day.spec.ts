import { expect, it } from '@jest/globals';
import { GroupDay } from './group-day.js';

it('weighs each host alike, whatever its runs, and takes the mean of its boot states', () => {
  const day = new GroupDay(5);
  day.take(4, 100, 400, 200);
  day.take(0, 1, 100, 50);
  day.take(2, 1, 200, 100);
  day.take(4, 1, 200, 100); // a second boot state, not next to the first
  expect(day.hosts).toBe(3);
  expect(day.runs).toBe(103);
  expect(day.bands()).toEqual({ cycles: [150, 200, 250], ns: [75, 100, 125] });
});

it('has no nanoseconds where one host’s clock is not known, and no cycles of clocks that differ', () => {
  const unknown = new GroupDay(2);
  unknown.take(0, 1, 100, 50);
  unknown.take(1, 1, 100, NaN);
  expect(unknown.bands()).toEqual({ cycles: null, ns: null });
  const differ = new GroupDay(2);
  differ.take(0, 1, 100, 50);
  differ.take(1, 1, 100, 51);
  expect(differ.bands()).toEqual({ cycles: null, ns: [50.25, 50.5, 50.75] });
});

it('takes the cycles of a single host whose clock is not known for one length', () => {
  const day = new GroupDay(1);
  day.take(0, 1, 100, NaN);
  expect(day.bands()).toEqual({ cycles: [100, 100, 100], ns: null });
});

import { expect, it } from '@jest/globals';
import { longestRestMs, restMs } from './pace.js';

it('a short pass is followed at the pace, a long one by a rest in proportion, and none by more than the longest', () => {
  const pace = { paceMs: 2_000, restsPerPass: 9 };
  expect([0, 100, 222, 1_000, 60_000].map((tookMs) => restMs(pace, tookMs))).toEqual([
    ...[2_000, 2_000, 2_000, 9_000],
    longestRestMs,
  ]);
  expect(restMs({}, 60_000)).toBe(0);
  expect(restMs({ paceMs: 3_600_000 }, 60_000)).toBe(3_600_000);
});

import { describe, expect, it } from '@jest/globals';
import type { Replicate } from './side.js';
import { timeOrder } from './time-order.js';

const at = (hours: readonly number[]): Replicate[] =>
  hours.map((endedAtMs, i) => ({
    ...{ runId: `r${i}`, hostId: 'h', provenance: 'measured', facts: { executor: 'stock-host' }, draw: null },
    ...{ noisy: false, endedAtMs, p50Cycles: 400, minCycles: 390, maxCycles: 500, tscKhz: null, samples: 100 },
  }));

describe('timeOrder, as docs/statistics.md has it', () => {
  it('calls sides with more than three quarters of their pairs in one order sequential', () => {
    expect(timeOrder(at([1, 2, 4]), at([3, 5, 6]), true)).toBe('a first');
    expect(timeOrder(at([3, 5, 6]), at([1, 2, 4]), true)).toBe('b first');
    expect(timeOrder(at([1, 4, 5]), at([2, 3, 6]), true)).toBe('interleaved');
  });

  it('allows three quarters, and takes ties for half', () => {
    expect(timeOrder(at([1, 3]), at([2, 4]), true)).toBe('interleaved');
    expect(timeOrder(at([1, 1]), at([1, 1]), true)).toBe('interleaved');
  });
});

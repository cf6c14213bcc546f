import { describe, expect, it } from '@jest/globals';
import { restartDelayMs } from './restart-policy.js';

describe('restartDelayMs', () => {
  it('doubles with every exit of the last minute', () => {
    expect([[0], [0, 1_000], [0, 1_000, 2_000]].map(restartDelayMs)).toEqual([250, 500, 1_000]);
  });

  it('forgets what is more than a minute ago', () => {
    expect(restartDelayMs([0, 1_000, 2_000, 3_000, 100_000])).toBe(250);
  });

  it('gives up after the sixth exit within a minute', () => {
    expect(restartDelayMs([0, 1, 2, 3, 4])).not.toBeNull();
    expect(restartDelayMs([0, 1, 2, 3, 4, 5])).toBeNull();
  });
});

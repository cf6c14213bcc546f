import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('returns what came at last', async () => {
    let tries = 0;
    expect(await eventually('the third try', () => (tries += 1) === 3 && tries)).toBe(3);
  });

  it('names what did not come', async () => {
    await expect(eventually('a miracle', () => null, 1)).rejects.toThrow('in vain: a miracle; seen last: null');
  });

  it('passes on what the probe throws', async () => {
    await expect(eventually('nothing', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});

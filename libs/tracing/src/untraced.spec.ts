import { expect, it } from '@jest/globals';
import { beginSpan, type Step, traced, tracedEach } from './traced.js';

it('makes nothing, and does not even ask what the step is, where no SDK is loaded', async () => {
  const asked = (): Step => {
    throw new Error('nobody needs it');
  };
  expect(beginSpan(asked)).toBeUndefined();
  expect(await traced(asked, () => Promise.resolve(1))).toBe(1);
  expect(await tracedEach([1], asked, () => Promise.resolve([2]))).toEqual([2]);
});

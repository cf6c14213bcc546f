import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sortedCopy } from './sorted-copy.js';

const values = fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 16_000, max: 2 ** 31 - 1 }));

it('gives what a sort gives, and leaves the values as they were', () => {
  fc.assert(
    fc.property(fc.array(values, { minLength: 0, maxLength: 1_000, size: 'max' }), (list) => {
      const given = Int32Array.from(list);
      expect([...sortedCopy(given)]).toEqual([...list].sort((a, b) => a - b));
      expect([...given]).toEqual(list);
    }),
    { numRuns: 100 },
  );
});

it('takes values below zero too, and forgets what it counted', () => {
  const given = Int32Array.from({ length: 1_000 }, (_, i) => 500 - i);
  expect([...sortedCopy(given)]).toEqual([...given].sort((a, b) => a - b));
  expect(sortedCopy(new Int32Array(300).fill(7))).toEqual(new Int32Array(300).fill(7));
});

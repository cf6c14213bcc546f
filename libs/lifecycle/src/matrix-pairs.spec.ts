import { describe, expect, it } from '@jest/globals';
import { guestsOf, type Matrix } from '#contracts';
import { guestText } from '#wording';
import { matrixPairs } from './matrix-pairs.js';

const told = (matrix: Matrix) =>
  matrixPairs(matrix).map(({ dimension, a, b }) => `${dimension}: ${guestText(a)} → ${guestText(b)}`);

describe('what a matrix lets one compare', () => {
  it('is each dimension with all else held fixed', () => {
    expect(told({ series: ['6.1', '6.12'], kpti: [true, false] })).toEqual([
      'series: 6.1 KPTI on → 6.12 KPTI on',
      'series: 6.1 KPTI off → 6.12 KPTI off',
      'kpti: 6.1 KPTI on → 6.1 KPTI off',
      'kpti: 6.12 KPTI on → 6.12 KPTI off',
    ]);
  });

  it('is every other value with the first, and nothing in a dimension of one value or of none', () => {
    expect(told({ series: ['6.12'], kpti: [false], cpuModel: ['Haswell', 'max', 'EPYC'] })).toEqual([
      'cpuModel: 6.12 KPTI off, Haswell → 6.12 KPTI off, max',
      'cpuModel: 6.12 KPTI off, Haswell → 6.12 KPTI off, EPYC',
    ]);
    expect(told({ series: ['6.12'], kpti: [true] })).toEqual([]);
  });

  it('names cells of the matrix only', () => {
    const matrix: Matrix = { series: ['6.1', '6.12'], kpti: [true, false], bootOptions: ['', 'nokaslr', 'mem=64M'] };
    const cells = guestsOf(matrix);
    const pairs = matrixPairs(matrix);
    expect(pairs).toHaveLength(6 + 6 + 2 * 4);
    for (const { a, b } of pairs) for (const side of [a, b]) expect(cells).toContainEqual(side);
  });
});

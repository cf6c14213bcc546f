import { describe, expect, it } from '@jest/globals';
import { strataOf } from './strata.js';

const runs = (hostId: string, ...medians: number[]) => medians.map((median) => ({ hostId, median }));
const sorted = (strata: number[][]) => strata.map((stratum) => stratum.slice().sort((a, b) => a - b));

describe('strataOf', () => {
  it('makes each host with enough runs a stratum', () => {
    expect(strataOf([...runs('b', 5, 6, 7, 8), ...runs('a', 1, 2, 3, 4)])).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
  });

  it('puts hosts with too few runs into one stratum', () => {
    const few = [...runs('c', 9), ...runs('d', 10, 11, 12)];
    expect(sorted(strataOf([...runs('a', 1, 2, 3, 4), ...few]))).toEqual([
      [1, 2, 3, 4],
      [9, 10, 11, 12],
    ]);
  });

  it('adds them to the largest stratum when even together they are too few', () => {
    expect(
      sorted(strataOf([...runs('a', 1, 2, 3, 4), ...runs('b', 5, 6, 7, 8, 9), ...runs('c', 20), ...runs('d', 30)])),
    ).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8, 9, 20, 30],
    ]);
  });

  it('makes one stratum of hosts that all have too few', () => {
    expect(sorted(strataOf([...runs('a', 1), ...runs('b', 2), ...runs('c', 3)]))).toEqual([[1, 2, 3]]);
  });
});

import { expect, it } from '@jest/globals';
import { byValuesInNaturalOrder, inNaturalOrder } from './order.js';

it('counts as people do', () => {
  expect(['r10', 'r2', 'r1', '6.12', '6.1'].sort(inNaturalOrder)).toEqual(['6.1', '6.12', 'r1', 'r2', 'r10']);
});

it('goes by one value after the other, what lacks one first', () => {
  const rows = [
    ['r10', 'a'],
    ['r2', 'b'],
    [null, 'z'],
    ['r2', null],
    ['r2', 'a'],
  ];
  expect(rows.sort(byValuesInNaturalOrder)).toEqual([
    [null, 'z'],
    ['r2', null],
    ['r2', 'a'],
    ['r2', 'b'],
    ['r10', 'a'],
  ]);
});

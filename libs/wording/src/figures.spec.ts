import { describe, expect, it } from '@jest/globals';
import {
  band,
  change,
  count,
  counted,
  cycles,
  figure,
  listed,
  margin,
  megabytes,
  nanoseconds,
  none,
  ratio,
  wholePercent,
} from './figures.js';

describe('cycles and nanoseconds', () => {
  it.each([
    [36.5, '36.5'],
    [0, '0.0'],
    [-0.5, '-0.5'],
    [99.94, '99.9'],
    [99.95, '100'], // not 100.0
    [99.99, '100'],
    [100, '100'],
    [440.5, '441'],
    [12_345.6, '12,346'],
    [-120.4, '-120'],
  ])('writes %d as %s in either unit', (value, text) => {
    expect(cycles(value)).toBe(text);
    expect(nanoseconds(value)).toBe(text);
  });

  it.each([cycles, nanoseconds, count, ratio])('has a dash for none', (written) => {
    expect(written(null)).toBe(none);
    expect(written(undefined)).toBe(none);
  });
});

describe('other figures', () => {
  it('are written one way each', () => {
    expect(count(1_234_567)).toBe('1,234,567');
    expect(ratio(0.61749)).toBe('0.617');
    expect(change(1.1234)).toBe('+12.3 %');
    expect(change(0.922)).toBe('−7.8 %');
    expect(wholePercent(0.95)).toBe('95 %');
    expect(margin(0.01)).toBe('± 1.0 %');
    expect([0.2, null].map(band)).toEqual(['± 20 %', none]);
    expect([1234.56, 0.5, null].map(figure)).toEqual(['1235', '0.5', none]);
    expect(megabytes(1_234_567_890)).toBe('1,235 MB');
    expect([counted(1, 'run'), counted(0, 'run'), counted(2_000, 'copy', 'copies')]).toEqual([
      '1 run',
      '0 runs',
      '2,000 copies',
    ]);
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c']);
  });
});

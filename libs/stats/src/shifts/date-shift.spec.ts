import { describe, expect, it } from '@jest/globals';
import { normalDeviates } from '../normal-deviates.js';
import { dateShift } from './date-shift.js';

const noisy = (level: (day: number) => number, days: number, seed: number, sd = 1): number[] => {
  const next = normalDeviates(seed);
  return Array.from({ length: days }, (_, day) => level(day) + sd * next());
};

describe('the date of a change', () => {
  it('is the day where the data leave no other', () => {
    expect(dateShift(noisy((day) => (day < 20 ? 0 : 8), 40, 1))).toEqual({ kind: 'step', from: 20, to: 20 });
    expect(dateShift([1, 1, 1, 2, 2, 2])).toEqual({ kind: 'step', from: 3, to: 3 });
  });

  it('is an interval where they do, which holds the day in about 95 %', () => {
    let [held, toTheDay] = [0, 0];
    for (let seed = 1; seed <= 300; seed++) {
      const { kind, from, to } = dateShift(noisy((day) => (day < 30 ? 0 : 1.5), 60, seed));
      if (kind === 'step' && from <= 30 && 30 <= to) held++;
      if (from === to) toTheDay++;
    }
    expect(held).toBeGreaterThan(270);
    expect(toTheDay).toBeLessThan(150);
  });

  it('is a creep where the level went up day by day', () => {
    const found = dateShift(noisy((day) => Math.min(6, Math.max(0, (day - 20) * 0.15)), 90, 3));
    expect(found.kind).toBe('creep');
    expect(Math.abs(found.from - 20)).toBeLessThan(8);
    expect(Math.abs(found.to - 60)).toBeLessThan(8);
  });

  it('takes no step for a creep', () => {
    let creeps = 0;
    for (let seed = 1; seed <= 500; seed++) {
      if (dateShift(noisy((day) => (day < 30 ? 0 : 4), 60, seed)).kind === 'creep') creeps++;
    }
    expect(creeps).toBeLessThanOrEqual(5);
  });

  it('needs values', () => {
    expect(() => dateShift([1, 2, 3])).toThrow('from 4 values on');
  });
});

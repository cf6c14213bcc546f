import { describe, expect, it } from '@jest/globals';
import { normalDeviates } from '../normal-deviates.js';
import { lookBack } from './look-back.js';
import { lookForShifts, type SegmentDays } from './look-for-shifts.js';
import { lookForSpread } from './look-for-spread.js';
import { movedTogether } from './moved-together.js';

const sd = 0.014;
/** The first numbers after a small seed are not yet random (xoroshiro128+). */
function deviates(seed: number): () => number {
  const next = normalDeviates(seed);
  for (let i = 0; i < 50; i++) next();
  return next;
}

/** Days of a host: level times what `at` says of the day, and noise. */
function daysOf(count: number, seed: number, at: (day: number) => number, noise = sd): SegmentDays {
  const next = deviates(seed);
  const days = Array.from({ length: count }, (_, day) => day);
  return { days, levels: days.map((day) => 400 * at(day) * Math.exp(noise * next())) };
}

describe('a look at a segment', () => {
  it('finds a step of 4 SDs three days later, and dates it', () => {
    const [shift, ...others] = lookForShifts(daysOf(43, 1, (day) => (day < 40 ? 1 : 1.08)));
    expect(others).toEqual([]);
    expect(shift).toMatchObject({ kind: 'step', fromDay: 40, toDay: 40, direction: 'up', after: 3 });
    expect(shift?.ratio).toBeCloseTo(1.08, 1);
  });

  it('finds nothing in noise, in a restless host, nor in two points', () => {
    let found = 0;
    for (let seed = 1; seed <= 200; seed++) found += lookForShifts(daysOf(100, seed, () => 1)).length;
    const restless = deviates(9);
    const days = Array.from({ length: 100 }, (_, day) => day);
    const levels = days.map((day) => 400 * Math.exp(sd * (1 + day / 25) * restless()));
    expect(found + lookForShifts({ days, levels }).length).toBe(0);
    expect(lookForShifts({ days: [1, 2], levels: [1, 2] })).toEqual([]);
    expect(lookForShifts({ days: [], levels: [] })).toEqual([]);
  });

  it('tells a step across months without runs as an interval', () => {
    const { days, levels } = daysOf(80, 3, (day) => (day < 40 ? 1 : 1.08));
    const gap = { days: days.map((day) => (day < 40 ? day : day + 90)), levels };
    expect(lookForShifts(gap)).toMatchObject([{ kind: 'step', fromDay: 40, toDay: 130 }]);
  });

  it('tells a creep as the stretch in which it came about', () => {
    const [shift, ...others] = lookForShifts(
      daysOf(100, 4, (day) => 1 + 0.1 * Math.min(1, Math.max(0, (day - 30) / 45))),
    );
    expect(others).toEqual([]);
    expect(shift).toMatchObject({ kind: 'creep', direction: 'up' });
    expect(Math.abs((shift?.fromDay ?? 0) - 30)).toBeLessThan(12);
    expect(Math.abs((shift?.toDay ?? 0) - 75)).toBeLessThan(12);
  });

  it('tells a creep of few weeks from a step, though its slope looks like neighbours alike', () => {
    const creeps = [41, 42, 43, 44, 45].map((seed) => {
      const creep = (day: number): number => 1 + 0.08 * Math.min(1, Math.max(0, (day - 10) / 25));
      return lookForShifts(daysOf(63, seed, creep, 0.018)).map(({ kind }) => kind);
    });
    expect(creeps).toEqual(Array.from({ length: 5 }, () => ['creep']));
  });

  it('back over a year finds each change once', () => {
    const year = daysOf(365, 5, (day) => (day < 100 ? 1 : day < 260 ? 1.08 : 1));
    expect(lookBack('h1', year).map(({ shift }) => [shift.direction, shift.fromDay, shift.toDay])).toEqual([
      ['up', 100, 100],
      ['down', 260, 260],
    ]);
  });
});

describe('two steps of one series within two weeks', () => {
  const stairs = (day: number): number => (day < 150 ? 1 : day < 160 ? 1.08 : 1.17);

  it('are two when looked back at, each with the days that are its own', () => {
    const found = lookBack('h1', daysOf(200, 7, stairs, 0.008));
    expect(found.map(({ shift }) => [shift.fromDay, shift.toDay])).toEqual([
      [150, 150],
      [160, 160],
    ]);
    expect(found[0]?.shift).toMatchObject({ untilDay: 159 });
    expect(found[1]?.shift).toMatchObject({ sinceDay: 150, before: 10 });
  });

  it('are two movements, also where they are nearer than dates may miss each other', () => {
    const near = (day: number): number => (day < 60 ? 1 : day < 64 ? 1.08 : 1.17);
    const found = ['h1', 'h2'].flatMap((key, i) => lookBack(key, daysOf(90, 50 + i, near, 0.004)));
    expect(movedTogether(found).map(({ fromDay, members }) => [fromDay, members.length])).toEqual([
      [60, 2],
      [64, 2],
    ]);
  });
});

describe('hosts that moved together', () => {
  it('are one entry, dated by all of them', () => {
    const found = ['h1', 'h2', 'h3', 'h4'].flatMap((key, i) =>
      lookBack(
        key,
        daysOf(90, 20 + i, (day) => (day < 50 ? 1 : 1.035)),
      ),
    );
    const [movement, ...others] = movedTogether(found);
    expect(others).toEqual([]);
    expect(movement?.members.map(({ key }) => key).sort()).toEqual(['h1', 'h2', 'h3', 'h4']);
    expect(movement?.fromDay).toBeLessThanOrEqual(50);
    expect(movement?.toDay).toBeGreaterThanOrEqual(50);
    expect((movement?.toDay ?? 99) - (movement?.fromDay ?? 0)).toBeLessThanOrEqual(2);
  });

  it('are two where they moved apart, in time or in direction', () => {
    const at = (key: string, seed: number, from: number, to: number) =>
      lookBack(
        key,
        daysOf(90, seed, (day) => (day < from ? 1 : to)),
      );
    const found = [...at('h1', 31, 40, 1.08), ...at('h2', 32, 60, 1.08), ...at('h3', 33, 40, 0.92)];
    expect(movedTogether(found)).toHaveLength(3);
  });
});

describe('the spread of runs', () => {
  /** The SD of five runs about their mean. */
  const runSdOf = (next: () => number) => (of: number) => {
    const runs = Array.from({ length: 5 }, () => of * next());
    const mean = runs.reduce((sum, one) => sum + one, 0) / 5;
    return Math.sqrt(runs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 4);
  };

  it('is told where it doubles, not where weekdays are restless', () => {
    const runSd = runSdOf(deviates(6));
    const days = Array.from({ length: 200 }, (_, day) => day);
    const weekly = days.map((day) => runSd(day % 7 < 5 ? 0.032 : 0.02));
    expect(lookForSpread(days, weekly)).toEqual([]);
    const [spread] = lookForSpread(
      days,
      days.map((day) => runSd(day < 120 ? 0.02 : 0.08)),
    );
    expect(spread?.direction).toBe('up');
    expect(Math.abs((spread?.day ?? 0) - 120)).toBeLessThan(8);
  });

  it('is one where it grows over months, however many steps that looks like', () => {
    for (const unrest of [4, 5, 6, 8]) {
      for (let seed = 1; seed <= 5; seed++) {
        const runSd = runSdOf(deviates(seed));
        const days = Array.from({ length: 200 }, (_, day) => day);
        const grown = (day: number): number => 0.02 * (1 + (unrest - 1) * Math.max(0, (day - 60) / 140));
        const [spread, ...others] = lookForSpread(
          days,
          days.map((day) => runSd(grown(day))),
        );
        expect({ unrest, seed, direction: spread?.direction, others }).toMatchObject({ direction: 'up', others: [] });
        expect(Math.abs((spread?.day ?? 0) - 60)).toBeLessThan(60);
      }
    }
  });
});

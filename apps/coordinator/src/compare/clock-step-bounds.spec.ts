import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clockSlack, clockStep, quantileOfSorted, tallyOf } from '#stats';
import { type Clocked, resolutionOf, type SpreadOnClock, withGroupedMedians } from './clock-step.js';

type Run = Clocked & { onClock: SpreadOnClock };

/** What a clock of this step shows of samples. */
function readBy(step: number, samples: readonly number[]): Run {
  const read = Float64Array.from(samples, (value) => step * Math.round(value / step)).sort();
  const at = (q: number): number => quantileOfSorted(read, q);
  const { below, at: equal } = tallyOf(read, at(0.5));
  return {
    ...{ hostId: 'h', samples: read.length, p50Cycles: at(0.5), minCycles: at(0), maxCycles: at(1) },
    onClock: { stepCycles: clockStep(read), belowP50: below, atP50: equal, p25Cycles: at(0.25), p75Cycles: at(0.75) },
  };
}

/** Shapes with one body, as deviations whose median is 0, at the middle of each of n equal shares. */
const shapes: Record<string, (u: number) => number> = {
  even: (u) => u - 0.5,
  'both tails': (u) => (u < 0.5 ? Math.log(2 * u) : -Math.log(2 * (1 - u))),
  'a long right tail': (u) => -Math.log(1 - u) - Math.LN2,
  logistic: (u) => Math.log(u / (1 - u)) / 2,
  'a narrow body with a tail of a quarter': (u) => (u < 0.75 ? 0.01 * (u - 0.5) : 20 * (u - 0.75)),
};
const shape = fc.constantFrom(...Object.keys(shapes));
const spread = fc.double({ min: 0.001, max: 5, noNaN: true });
const step = fc.constantFrom(2, 25, 26, 40);
const level = fc.double({ min: 300, max: 700, noNaN: true });
const samplesOf = (name: string, scale: number, around: number): number[] =>
  Array.from({ length: 1_001 }, (_, i) => around + scale * (shapes[name]?.((i + 0.5) / 1_001) ?? NaN));
const levelOf = (run: Run): number => withGroupedMedians([run])[0]?.p50Cycles ?? NaN;

describe('what a clock can’t tell of a level', () => {
  it('holds the true median of samples with one body, however wide and wherever in the step', () => {
    fc.assert(
      fc.property(shape, spread, step, level, (name, scale, size, around) => {
        const samples = samplesOf(name, scale * size, around).map((value) => Math.max(size, value));
        const run = readBy(size, samples);
        const off = Math.abs(Math.log(around / levelOf(run)));
        // A thousandth of the step: the share of one sample.
        expect(off).toBeLessThanOrEqual(clockSlack(resolutionOf([run]), 0) + (0.001 * size) / around);
      }),
      { numRuns: 500, seed: 31 },
    );
  });

  it('is a share from 0 on, of any samples: one, two, all alike', () => {
    const samples = fc.array(fc.integer({ min: 26, max: 2_000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(step, samples, fc.integer({ min: 1, max: 4 }), (size, values, runs) => {
        const read = Array.from({ length: runs }, (_, i) => readBy(size, i === 0 ? values : values.slice(0, 1)));
        const resolution = resolutionOf(read);
        expect(resolution).toBeGreaterThanOrEqual(0);
        expect(clockSlack(resolution, resolution)).toBeLessThan(Infinity);
      }),
      { numRuns: 300, seed: 32 },
    );
  });

  it('is the same of a clock that counts in other units, and a whole step further up the same in cycles', () => {
    fc.assert(
      fc.property(shape, spread, level, fc.integer({ min: 2, max: 9 }), (name, scale, around, factor) => {
        const samples = samplesOf(name, 26 * scale, around).map((value) => Math.max(26, value));
        const run = readBy(26, samples);
        const times = readBy(
          26 * factor,
          samples.map((value) => value * factor),
        );
        expect(resolutionOf([times])).toBeCloseTo(resolutionOf([run]), 10);
        expect(levelOf(times)).toBeCloseTo(levelOf(run) * factor, 6);
        if (run.onClock.stepCycles !== 26) return; // too few values to show it
        const up = readBy(
          26,
          samples.map((value) => value + 26),
        );
        expect(levelOf(up)).toBeCloseTo(levelOf(run) + 26, 6);
        if (up.onClock.stepCycles === 26) expect(resolutionOf([up])).toBeLessThan(resolutionOf([run]));
      }),
      { numRuns: 200, seed: 33 },
    );
  });
});

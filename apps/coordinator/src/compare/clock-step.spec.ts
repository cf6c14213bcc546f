import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareQuerySchema } from '#contracts';
import { clockStep, quantileOfSorted, tallyOf } from '#stats';
import { resolutionOf } from './clock-step.js';
import { judge } from './judge.js';
import type { Replicate, Side } from './side.js';

const query = compareQuerySchema.parse({ a: 'x=a', b: 'x=b', metric: 'u2k' });

/** A run as the read model keeps it, of samples in cycles. */
function runOf(hostId: string, runId: string, cycles: readonly number[], step: number, endedAtMs = 0): Replicate {
  const samples = Int32Array.from(cycles.map((value) => step * Math.round(value / step))).sort();
  const at = (q: number): number => quantileOfSorted(samples, q);
  const { below: belowP50, at: atP50 } = tallyOf(samples, at(0.5));
  return {
    ...{
      runId,
      hostId,
      provenance: 'measured',
      facts: { executor: 'stock-host' },
      draw: null,
      noisy: false,
      endedAtMs,
    },
    ...{ p50Cycles: at(0.5), minCycles: at(0), maxCycles: at(1), tscKhz: 2_300_000, samples: samples.length },
    onClock: { stepCycles: clockStep(samples), belowP50, atP50, p25Cycles: at(0.25), p75Cycles: at(0.75) },
  };
}

const hundred = <T>(one: (i: number) => T): T[] => Array.from({ length: 100 }, (_, i) => one(i));
/** Ten runs of each host a side, in turn; `cyclesOf` gives a host's samples. */
function sideOf(name: string, steps: Record<string, number>, cyclesOf: (host: string) => readonly number[]): Side {
  const runs = Object.entries(steps).flatMap(([host, step]) =>
    Array.from({ length: 10 }, (_, i) => runOf(host, `${name}-${host}-${i}`, cyclesOf(host), step, i)),
  );
  return { selector: `x=${name}`, namesHosts: true, runs, copies: 0, cut: false };
}
const judged = (steps: Record<string, number>, a: readonly number[], b: readonly number[]) =>
  judge(
    query,
    sideOf('a', steps, () => a),
    sideOf('b', steps, () => b),
  );

describe('what the clocks of several hosts can’t tell apart', () => {
  /** A narrow body, and a tail up to twice as much. */
  const body = (level: number) => hundred((i) => (i < 78 ? level : level * (1 + (i - 77) / 22)));

  it('is the mean over hosts, not the worst host’s', () => {
    const runs = (steps: Record<string, number>): Replicate[] => [...sideOf('a', steps, () => hundred(() => 416)).runs];
    const coarse = { h0: 26 };
    // Without another value the step looks like the level; a rare one shows it.
    const shown = (steps: Record<string, number>): Replicate[] =>
      runs(steps).map((run, i) => (i % 10 === 0 ? { ...run, onClock: null, minCycles: 390 } : run));
    const one = resolutionOf(shown(coarse));
    expect(one).toBeCloseTo(26 / 416, 10);
    const fine = Array.from({ length: 4 }, (_, i) => runOf(`f${i}`, `f${i}`, [415, 416, 417], 1));
    expect(resolutionOf([...shown(coarse), ...fine])).toBeCloseTo((26 / 416 + (4 * 1) / 3 / 416) / 5, 3);
  });

  it('is whole with the same step on all hosts: what hides inside a step hides on each', () => {
    const five = { h0: 26, h1: 26, h2: 26, h3: 26, h4: 26 };
    const inside = judged(five, body(405), body(405 * 1.025));
    expect(inside).toMatchObject({ ratio: expect.closeTo(1, 1), verdict: 'inconclusive' });
    expect(inside.interval?.high).toBeGreaterThan(1.025);
    const mixed = judged({ h0: 26, h1: 26, h2: 26, h3: 1, h4: 1 }, body(405), body(405 * 1.025));
    expect(mixed.verdict).toBe('inconclusive');
    expect(mixed.interval?.high).toBeGreaterThan(1.025);
  });

  it('lets hosts of a fine clock outweigh one of a coarse clock', () => {
    const mixed = { h0: 26, h1: 1, h2: 1, h3: 1, h4: 1 };
    expect(judged(mixed, body(405), body(405 * 1.05)).verdict).toBe('slower');
    expect(judged({ h0: 26 }, body(405), body(405 * 1.05)).verdict).toBe('inconclusive');
  });
});

it('turns with the sides, and a clock that counts in smaller units changes nothing', () => {
  const level = fc.double({ min: 380, max: 480, noNaN: true });
  const width = fc.double({ min: 0, max: 40, noNaN: true });
  fc.assert(
    fc.property(level, level, width, fc.integer({ min: 2, max: 5 }), (a, b, wide, factor) => {
      const samples = (around: number, of = 1) => hundred((i) => of * (around + wide * (i / 50 - 1) ** 3));
      const there = judged({ h: 26, i: 1 }, samples(a), samples(b));
      const back = judged({ h: 26, i: 1 }, samples(b), samples(a));
      const close = (values: readonly (number | undefined)[]) => values.map((x) => expect.closeTo(x ?? NaN, 8));
      const { low = NaN, high = NaN } = there.interval ?? {};
      expect([back.interval?.low, back.interval?.high]).toEqual(close([1 / high, 1 / low]));
      const turned = { slower: 'faster', faster: 'slower', equal: 'equal', inconclusive: 'inconclusive' } as const;
      expect(back.verdict).toBe(turned[there.verdict]);
      const scaled = judged({ h: 26 * factor }, samples(a, factor), samples(b, factor));
      const plain = judged({ h: 26 }, samples(a), samples(b));
      expect([scaled.interval?.low, scaled.interval?.high]).toEqual(close([plain.interval?.low, plain.interval?.high]));
      expect(scaled.verdict).toBe(plain.verdict);
    }),
    { numRuns: 60, seed: 34 },
  );
});

describe('a narrow body with a tail, on a coarse clock', () => {
  const tailed = (level: number, tail: number) =>
    hundred((i) => (i < 100 - tail ? level : level * (1 + (i - 99 + tail) / tail)));

  it('is not called slower by a whole step for having crossed an edge', () => {
    // 0.5 % more, from 428 to 430: all of the body reads 442 after 416.
    const across = judged({ h: 26 }, tailed(428, 30), tailed(430.1, 30));
    expect(across.ratio).toBeGreaterThan(1.05);
    expect(across.verdict).toBe('inconclusive');
    expect(across.interval?.low).toBeLessThan(1.005);
  });

  it('is not called equal where the median lies between two bodies', () => {
    const two = (factor: number) => hundred((i) => factor * (i < 50 ? 380 : 432));
    const apart = judged({ h: 26 }, two(1), two(1.02));
    expect(apart).toMatchObject({ ratio: 1, verdict: 'inconclusive' });
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareLevels } from './compare-levels.js';
import { compareWithControl } from './compare-with-control.js';
import { levelOfHosts } from './level-of-hosts.js';
import { levelOfKind } from './level-of-kind.js';
import type { RatioEstimate, RunsByHost } from './log-runs.js';
import { normalDeviates } from './normal-deviates.js';
import { simulateExperiment } from './plan.js';
import { widenByResolution } from './resolution.js';

const plan = { hostSd: 0.03, runSd: 0.02, margin: 0.01, confidence: 0.95, repetitions: 800, seed: 11 } as const;
const side = (medians: readonly (readonly number[])[]): RunsByHost =>
  new Map(medians.map((runs, host) => [`h${host}`, runs]));

const compareKinds = (a: RunsByHost, b: RunsByHost, confidence: number): RatioEstimate =>
  compareLevels(levelOfKind(a), levelOfKind(b), confidence);
const compareHosts = (a: RunsByHost, b: RunsByHost, confidence: number): RatioEstimate =>
  compareLevels(levelOfHosts(a), levelOfHosts(b), confidence);

describe('kind against kind', () => {
  // Few repetitions: within three standard errors of 95 %. The long form is bench/verdicts.ts.
  it.each([
    [5, 5],
    [10, 20],
  ])('covers the truth with %d hosts × %d runs, however many runs a host has', (hosts, runs) => {
    const { coverage, verdicts } = simulateExperiment({ ...plan, scope: 'kind', hosts, runs, ratio: 1.05 });
    expect(coverage).toBeGreaterThan(0.925);
    expect(coverage).toBeLessThan(0.975);
    expect(verdicts.faster + verdicts.equal).toBe(0);
  });

  it('an A/A comparison is rarely wrong beyond the margin', () => {
    const { verdicts } = simulateExperiment({ ...plan, scope: 'kind', hosts: 5, runs: 20, ratio: 1 });
    expect(verdicts.slower + verdicts.faster).toBeLessThan(0.05);
  });

  it('unequal numbers of runs do not flip it', () => {
    const [low, high] = [1, 1.1].map(
      (level) => (runs: number) => Array.from({ length: runs }, (_, i) => 100 * level * (1 + (i % 2) / 1e3)),
    );
    const hosts = (runs: readonly number[]): RunsByHost => side(runs.map((n, i) => (i % 2 ? high : low)?.(n) ?? []));
    // The same six hosts; a has more runs of the low ones, b of the high ones.
    const {
      ratio,
      low: from,
      high: to,
    } = compareKinds(hosts([12, 6, 12, 6, 12, 6]), hosts([6, 12, 6, 12, 6, 12]), 0.95);
    expect(ratio).toBeCloseTo(1, 6);
    expect(from < 1 && to > 1).toBe(true);
  });

  it('refuses fewer than five hosts, hosts without runs, and medians that are none', () => {
    const five = side([[1], [2], [3], [4], [5]]);
    expect(() => compareKinds(side([[1], [2], [3], [4]]), five, 0.95)).toThrow('4 hosts');
    expect(() => compareKinds(side([[1], [2], [3], [4], []]), five, 0.95)).toThrow('no runs');
    for (const median of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => compareKinds(side([[1], [2], [3], [4], [median]]), five, 0.95)).toThrow('positive');
    }
  });
});

describe('hosts against hosts', () => {
  it.each([
    [1, 10],
    [5, 4],
  ])('covers the truth with the same %d hosts × %d runs', (hosts, runs) => {
    const { coverage } = simulateExperiment({ ...plan, scope: 'hosts', hosts, runs, ratio: 1.05 });
    expect(coverage).toBeGreaterThan(0.925);
    expect(coverage).toBeLessThan(0.985);
  });

  it('a host with one run borrows the spread of the others; none with two: refused', () => {
    const one = compareHosts(side([[10], [20, 21], [30, 31]]), side([[10], [20, 21], [30, 31]]), 0.95);
    expect(one.low < 1 && one.high > 1).toBe(true);
    expect(() => compareHosts(side([[1], [2]]), side([[1], [2]]), 0.95)).toThrow('two runs');
  });
});

describe('every comparison of hosts', () => {
  const runs = fc.array(fc.integer({ min: 50, max: 200 }), { minLength: 2, maxLength: 5 });
  const some = fc.array(runs, { minLength: 1, maxLength: 4 });
  const five = fc.array(runs, { minLength: 5, maxLength: 8 });
  const control = { a: side([[100], [120], [80]]), b: side([[101], [125], [82]]) };
  const shared = { variance: 1e-4, degrees: 5 };
  type Compare = (a: RunsByHost, b: RunsByHost) => RatioEstimate;
  it.each<[string, fc.Arbitrary<number[][]>, Compare]>([
    ['kinds', five, (a, b) => compareKinds(a, b, 0.95)],
    ['given hosts', some, (a, b) => compareHosts(a, b, 0.95)],
    ['given hosts and their boots', some, (a, b) => compareLevels(levelOfHosts(a), levelOfHosts(b), 0.95, shared)],
  ])('of %s turns with the sides, does not mind order or scale, and moves with a factor', (_, sides, compare) => {
    fc.assert(
      fc.property(sides, sides, fc.integer({ min: 1, max: 9 }), (a, b, factor) => {
        const there = compare(side(a), side(b));
        const back = compare(side(b), side(a));
        const close = (values: readonly number[]) => values.map((x) => expect.closeTo(x, 8) as unknown);
        expect([back.ratio, back.high, back.low].map((x) => 1 / x)).toEqual(
          close([there.ratio, there.low, there.high]),
        );
        const scaled = (medians: number[][]): RunsByHost =>
          side([...medians].reverse().map((host) => [...host].reverse().map((x) => x * factor)));
        const other = compare(scaled(a), scaled(b));
        expect([other.ratio, other.low, other.high]).toEqual(close([there.ratio, there.low, there.high]));
        const moved = compare(side(a), scaled(b));
        expect([moved.ratio, moved.low, moved.high].map((x) => x / factor)).toEqual(
          close([there.ratio, there.low, there.high]),
        );
      }),
      { numRuns: 60, seed: 12 },
    );
  });

  it('beside control hosts turns with the sides, and takes out a factor that all share', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(runs, runs), { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        (pairs, drift) => {
          const of = (at: 0 | 1, factor = 1): RunsByHost => side(pairs.map((pair) => pair[at].map((x) => x * factor)));
          const times = (all: RunsByHost, factor: number): RunsByHost =>
            new Map([...all].map(([host, own]) => [host, own.map((x) => x * factor)]));
          const there = compareWithControl({ a: of(0), b: of(1) }, control, 0.95);
          const back = compareWithControl({ a: of(1), b: of(0) }, { a: control.b, b: control.a }, 0.95);
          expect(1 / back.ratio).toBeCloseTo(there.ratio, 8);
          expect(1 / back.high).toBeCloseTo(there.low, 8);
          const drifted = compareWithControl(
            { a: of(0), b: of(1, drift) },
            { a: control.a, b: times(control.b, drift) },
            0.95,
          );
          expect([drifted.ratio, drifted.low, drifted.high]).toEqual(
            [there.ratio, there.low, there.high].map((x) => expect.closeTo(x, 8) as unknown),
          );
        },
      ),
      { numRuns: 100, seed: 15 },
    );
  });
});

describe('with control hosts', () => {
  /** Hosts' runs of a and b under a drift that they share and one of their own. */
  function drifting(
    deviate: () => number,
    hosts: number,
    shared: number,
    effect: number,
  ): { a: RunsByHost; b: RunsByHost } {
    const [a, b] = [new Map<string, number[]>(), new Map<string, number[]>()];
    for (let host = 0; host < hosts; host++) {
      const level = 0.03 * deviate();
      const own = 0.01 * deviate();
      const drawn = (factor: number): number[] =>
        Array.from({ length: 5 }, () => Math.exp(level + factor + 0.02 * deviate()));
      a.set(`h${host}`, drawn(0));
      b.set(`h${host}`, drawn(shared + own + Math.log(effect)));
    }
    return { a, b };
  }

  it('takes out a drift that all hosts share and allows for each host’s own', () => {
    const deviate = normalDeviates(13);
    const outcomes = Array.from({ length: 400 }, () => {
      const shared = 0.05 * deviate();
      const { low, high } = compareWithControl(
        drifting(deviate, 6, shared, 1.1),
        drifting(deviate, 6, shared, 1),
        0.95,
      );
      return low <= 1.1 && 1.1 <= high;
    });
    const covered = outcomes.filter(Boolean).length;
    expect(covered).toBeGreaterThan(368);
    expect(covered).toBeLessThan(394);
  });

  it('judges a single changed host by the scatter of the control hosts', () => {
    const deviate = normalDeviates(14);
    const covered = Array.from({ length: 600 }, () => {
      const shared = 0.05 * deviate();
      const { low, high } = compareWithControl(
        drifting(deviate, 1, shared, 1.1),
        drifting(deviate, 5, shared, 1),
        0.95,
      );
      return low <= 1.1 && 1.1 <= high;
    }).filter(Boolean).length;
    // 600 at 95 %: three standard errors are 16.
    expect(Math.abs(covered - 570)).toBeLessThan(17);
  });

  it('needs two control hosts and a changed one with runs on both sides', () => {
    const [none, three] = [[], [[1], [2], [4]]].map((runs) => ({ a: side(runs), b: side(runs) }));
    if (none === undefined || three === undefined) throw new Error('no sides');
    expect(() => compareWithControl(none, three, 0.95)).toThrow('0 changed hosts');
    expect(() => compareWithControl(three, { a: three.a, b: side([[1], [], []]) }, 0.95)).toThrow('1 control host');
  });
});

describe('the clock’s step', () => {
  it('keeps a difference inside one step from being called equal, and one across an edge from being called slower', () => {
    const step = 26 / 416;
    const inside = widenByResolution({ ratio: 1, low: 0.9995, high: 1.0005, degrees: 9 }, step, step);
    expect(inside.low < 0.99 && inside.high > 1.025).toBe(true);
    const across = widenByResolution({ ratio: 442 / 416, low: 1.0624, high: 1.0626, degrees: 9 }, step, step);
    expect(across.low).toBeLessThan(1.01);
    expect(() => widenByResolution(inside, -1, 0)).toThrow(RangeError);
  });
});

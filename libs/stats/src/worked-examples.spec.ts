import { describe, expect, it } from '@jest/globals';
import {
  benjaminiHochberg,
  compareNumbers,
  compareLevels,
  compareWithControl,
  groupedMedian,
  hodgesLehmann,
  holm,
  levelOfHosts,
  levelOfKind,
  LogHistogram,
  mannWhitney,
  medianInterval,
  moreNeeded,
  noiseFloor,
  noiseGrade,
  resolutionOfMean,
  type RunsByHost,
  sharedShare,
  summarize,
  tQuantile,
  twoLevelBootstrap,
  twoSidedBeyondMargin,
  varianceComponents,
  widenByResolution,
} from './index.js';

/** The examples of docs/statistics.md, to the digits that stand there. */
const hosts = (...runs: readonly (readonly number[])[]): RunsByHost => new Map(runs.map((own, i) => [`h${i}`, own]));
const shown = ({ ratio, low, high }: { ratio: number; low: number; high: number }) =>
  [ratio, low, high].map((value) => value.toFixed(3));

describe('worked examples', () => {
  it('kind against kind', () => {
    const [a, b] = [hosts([100], [102], [104], [98], [96]), hosts([110], [113], [114], [108], [105])];
    expect(shown(compareLevels(levelOfKind(a), levelOfKind(b), 0.95))).toEqual(['1.100', '1.049', '1.154']);
  });

  it('given hosts', () => {
    const [a, b] = [hosts([100, 102, 101], [200, 204]), hosts([103, 105, 104], [206, 210])];
    const estimate = compareLevels(levelOfHosts(a), levelOfHosts(b), 0.95);
    expect(shown(estimate)).toEqual(['1.030', '1.005', '1.055']);
    expect(estimate.degrees).toBeCloseTo(3.37, 2);
  });

  it('several cells', () => {
    const [a, b] = [hosts([100], [102], [104], [98], [96]), hosts([110], [113], [114], [108], [105])];
    const estimate = compareLevels(levelOfKind(a), levelOfKind(b), 0.95);
    const p = twoSidedBeyondMargin(estimate, { margin: 0.01, confidence: 0.95 });
    expect(p).toBeCloseTo(0.0033, 4);
    expect(15 * p).toBeLessThan(0.05);
    expect(16 * p).toBeGreaterThan(0.05);
  });

  it('one run, and many', () => {
    const samples = [400, 402, 404, 406, 408, 410, 412, 414, 416, 900];
    expect(summarize(Int32Array.from(samples))).toMatchObject({ p50: 409, p95: expect.closeTo(682.2, 6), mean: 457.2 });
    const histogram = new LogHistogram();
    for (const value of [412, 416, 420, 431, 900]) histogram.add(value);
    expect(histogram.quantile(0.5)).toBeCloseTo(423.97, 2);
    expect(Math.floor(Math.log(420) / Math.log(1.02))).toBe(305);
  });

  it('control hosts', () => {
    const still = { a: hosts([100], [120], [80], [90]), b: hosts([104], [124], [84], [93]) };
    const changed = { a: hosts([100], [200], [150]), b: hosts([110], [222], [164]) };
    expect(shown(compareWithControl(changed, still, 0.95))).toEqual(['1.060', '1.043', '1.076']);
    const one = { a: hosts([100]), b: hosts([110]) };
    expect(shown(compareWithControl(one, still, 0.95))).toEqual(['1.059', '1.030', '1.087']);
  });

  it('boots', () => {
    const [a, b] = [levelOfHosts(hosts([100, 101, 102, 101])), levelOfHosts(hosts([105, 106, 107, 106]))];
    expect(shown(compareLevels(a, b, 0.95))).toEqual(['1.050', '1.035', '1.064']);
    const factor = sharedShare({ a: Array<string>(4).fill('x'), b: Array<string>(4).fill('y') });
    const shared = { variance: factor * 0.01 ** 2, degrees: 6 };
    expect(shown(compareLevels(a, b, 0.95, shared))).toEqual(['1.050', '1.013', '1.087']);
  });

  it('variance of runs, boots and days', () => {
    const cell = (boot: string, day: string, ...medians: number[]) =>
      medians.map((median) => ({ segment: 's', boot, day, log: Math.log(median) }));
    const runs = [
      cell('x', '1', 100, 102),
      cell('x', '2', 101, 103),
      cell('y', '2', 106, 108),
      cell('z', '3', 99, 101),
    ];
    const { run, boot, day } = varianceComponents(runs.flat());
    expect([run, boot, day].map((one) => [Math.sqrt(one?.variance ?? NaN).toFixed(3), one?.degrees])).toEqual([
      ['0.014', 4],
      ['0.032', 2],
      ['0.000', 2],
    ]);
  });

  it('the clock’s step', () => {
    const step = 26 / 416;
    const widened = (resolution: number): string[] => {
      const { low, high } = widenByResolution({ low: 1.02, high: 1.04 }, resolution, resolution);
      return [low.toFixed(3), high.toFixed(3)];
    };
    expect(groupedMedian({ median: 416, count: 100, below: 20, at: 60 }, 26)).toBe(416);
    expect(widened(step * 0.6)).toEqual(['0.982', '1.080']);
    expect(widened(step)).toEqual(['0.957', '1.108']);
    expect(resolutionOfMean([step, ...Array<number>(4).fill(1 / 416)])).toBeCloseTo(0.0146, 4);
  });

  it('hosts and runs drawn again', () => {
    const a = [
      [100, 102],
      [104, 104],
      [98, 100],
      [96, 97],
      [102, 101],
    ];
    const b = [
      [110, 111],
      [113, 114],
      [114, 112],
      [108, 109],
      [105, 106],
    ];
    const mean = (values: readonly number[]): number => values.reduce((x, y) => x + y, 0) / values.length;
    const ratio = (x: readonly (readonly number[])[], y: typeof x): number => mean(y.map(mean)) / mean(x.map(mean));
    const { low, high } = twoLevelBootstrap(a, b, ratio, { confidence: 0.95, resamples: 2_000, seed: 1 });
    expect(shown({ ratio: ratio(a, b), low, high })).toEqual(['1.098', '1.064', '1.134']);
  });

  it('the spread within runs, and the noise floor', () => {
    const { p25 = 0, p50 = 0, p75 = 0 } = summarize(Int32Array.from([400, 404, 408, 412, 416, 420, 424])) ?? {};
    expect([p25, p50, p75]).toEqual([406, 412, 418]);
    expect((p75 - p25) / 1.349 / p50).toBeCloseTo(0.022, 3);
    const floor = noiseFloor({ runSd: 0.004, bootSd: 0.003, daySd: 0 }) ?? NaN;
    expect([floor, noiseGrade(floor)]).toEqual([expect.closeTo(0.005, 12), 'A']);
    expect(tQuantile(0.975, 18) * Math.sqrt(2 / 10)).toBeCloseTo(0.94, 2);
  });

  it('how many more', () => {
    const ten = { change: Math.log(1.03), variance: (2 * 0.02 ** 2) / 10, degrees: 18, floor: 0 };
    expect(moreNeeded({ ...ten, margin: 0.01, confidence: 0.95, have: 10, most: 1_000 }).settledBy).toBe(18);
  });

  it('files of numbers', () => {
    const [a, b] = [
      [1, 3, 5, 7],
      [2, 6, 8, 9],
    ];
    expect(mannWhitney(a, b)).toMatchObject({ u: 4, p: expect.closeTo(0.343, 3), method: 'exact' });
    expect(hodgesLehmann(a, b)).toEqual({ shift: 2.5, low: -5, high: 8 });
    const compared = compareNumbers(a, b, { margin: 0.01, confidence: 0.95 });
    expect(compared).toMatchObject({ cliffsDelta: 0.5, ratio: 1.75 });
    expect(compared.ratioInterval).toMatchObject({ low: expect.closeTo(0.286, 3), high: expect.closeTo(9, 6) });
    expect(medianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.95)).toMatchObject({ median: 5.5, low: 2, high: 9 });
    expect(medianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.95).coverage).toBeCloseTo(0.979, 3);
  });

  it('several verdicts', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(benjaminiHochberg([0.01, 0.04, 0.03])).toEqual([0.03, 0.04, 0.04]);
  });
});

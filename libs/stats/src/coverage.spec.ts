import { describe, expect, it } from '@jest/globals';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { compareMedians, type CompareMediansInput } from './compare-medians.js';
import { median } from './quantile.js';

// A/A experiments: both sides are drawn alike, so every rejection is false. The setting is that of the shared
// reference vectors: a run's level varies by 2 %, faults within a run by 5 %, alpha is 5 %, 10 runs a side.
const runSd = 0.02;
const withinSd = 0.05;
const runsPerSide = 10;

function normals(seed: number): () => number {
  const random = xoroshiro128plus(seed);
  let spare: number | null = null;
  // Box and Muller: two independent normals from two uniforms.
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)));
    const angle = 2 * Math.PI * uniformFloat64(random);
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

function drawRun(normal: () => number, faults: number): number[] {
  const level = 440 * (1 + runSd * normal());
  return Array.from({ length: faults }, () => level * (1 + withinSd * normal()));
}

function drawSide(normal: () => number, faults: number): number[][] {
  return Array.from({ length: runsPerSide }, () => drawRun(normal, faults));
}

/** Two-sided z-test of two means at 5 %, as one would do who takes faults for replicates. */
function pooledFaultsDiffer(a: number[], b: number[]): boolean {
  const stats = [a, b].map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    return { mean, error: variance / values.length };
  });
  const [x, y] = [stats[0] ?? { mean: 0, error: 0 }, stats[1] ?? { mean: 0, error: 0 }];
  return Math.abs(x.mean - y.mean) / Math.sqrt(x.error + y.error) > 1.96;
}

function runMediansDiffer(a: CompareMediansInput['a'], b: CompareMediansInput['b'], seed: number): boolean {
  const { interval } = compareMedians({ a, b, margin: 0.01, confidence: 0.95, resamples: 400, seed });
  return interval === null || interval.low > 1 || interval.high < 1;
}

function rejections(experiments: number, experiment: (index: number) => boolean): number {
  return Array.from({ length: experiments }, (_, index) => experiment(index)).filter(Boolean).length / experiments;
}

describe('false positives when nothing differs', () => {
  it.each([
    [100, 0.6, 300],
    [1000, 0.87, 60],
  ])('pooling %d faults a run rejects %d of the time', (faults, expected, experiments) => {
    const normal = normals(1);
    const rate = rejections(experiments, () =>
      pooledFaultsDiffer(drawSide(normal, faults).flat(), drawSide(normal, faults).flat()),
    );
    // Three standard errors of a simulated rate.
    expect(Math.abs(rate - expected)).toBeLessThan(3 * Math.sqrt((expected * (1 - expected)) / experiments));
  });

  it('run medians reject at most as often as stated', () => {
    const normal = normals(2);
    const side = () => drawSide(normal, 100).map((faults) => ({ hostId: 'h1', median: median(faults) ?? Number.NaN }));
    const rate = rejections(400, (seed) => runMediansDiffer(side(), side(), seed));
    expect(rate).toBeLessThanOrEqual(0.05);
    // Not so wide as to be useless.
    expect(rate).toBeGreaterThan(0.01);
  });

  it.each([
    ['one host, 5 runs', [0], 5],
    ['five hosts, 2 runs each', [-0.04, -0.02, 0, 0.02, 0.04], 2],
    ['five hosts, 4 runs each', [-0.04, -0.02, 0, 0.02, 0.04], 4],
    ['ten hosts, 1 run each', [-0.04, -0.03, -0.02, -0.01, 0, 0.01, 0.02, 0.03, 0.04, 0.05], 1],
  ])('holds for %s', (_what, hostLevels, runsPerHost) => {
    const normal = normals(3);
    const side = () =>
      hostLevels.flatMap((level, host) =>
        Array.from({ length: runsPerHost }, () => ({
          hostId: `h${host}`,
          median: 440 * (1 + level) * (1 + runSd * normal()),
        })),
      );
    expect(rejections(400, (seed) => runMediansDiffer(side(), side(), seed))).toBeLessThanOrEqual(0.06);
  });

  it('still finds a true difference of 10 %', () => {
    const normal = normals(4);
    const side = (level: number) =>
      Array.from({ length: runsPerSide }, () => ({ hostId: 'h1', median: level * (1 + runSd * normal()) }));
    expect(rejections(200, (seed) => runMediansDiffer(side(440), side(484), seed))).toBeGreaterThan(0.99);
  });
});

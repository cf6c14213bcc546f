import { describe, expect, it } from '@jest/globals';
import { compareLevels } from './compare-levels.js';
import { levelOfHosts } from './level-of-hosts.js';
import { normalDeviates } from './normal-deviates.js';
import { median } from './quantile.js';

// A/A experiments: both sides are drawn alike, so every rejection is false. The setting is that of the shared
// reference vectors: a run's level varies by 2 %, faults within a run by 5 %, alpha is 5 %, 10 runs a side.
const runSd = 0.02;
const withinSd = 0.05;
const runsPerSide = 10;

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

function runMediansDiffer(a: readonly number[], b: readonly number[]): boolean {
  const level = (medians: readonly number[]) => levelOfHosts(new Map([['h1', medians]]));
  const { low, high } = compareLevels(level(a), level(b), 0.95);
  return low > 1 || high < 1;
}

function rejections(experiments: number, experiment: (index: number) => boolean): number {
  return Array.from({ length: experiments }, (_, index) => experiment(index)).filter(Boolean).length / experiments;
}

describe('false positives when nothing differs', () => {
  it.each([
    [100, 0.6, 300],
    [1000, 0.87, 60],
  ])('pooling %d faults a run rejects %d of the time', (faults, expected, experiments) => {
    const normal = normalDeviates(1);
    const rate = rejections(experiments, () =>
      pooledFaultsDiffer(drawSide(normal, faults).flat(), drawSide(normal, faults).flat()),
    );
    // Three standard errors of a simulated rate.
    expect(Math.abs(rate - expected)).toBeLessThan(3 * Math.sqrt((expected * (1 - expected)) / experiments));
  });

  it('run medians reject as often as stated', () => {
    const normal = normalDeviates(2);
    const side = () => drawSide(normal, 100).map((faults) => median(faults) ?? Number.NaN);
    const rate = rejections(400, () => runMediansDiffer(side(), side()));
    // 5 %, within two and a half standard errors of 400 experiments.
    expect(rate).toBeLessThanOrEqual(0.077);
    expect(rate).toBeGreaterThan(0.02);
  });
});

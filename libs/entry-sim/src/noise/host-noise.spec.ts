import { describe, expect, it } from '@jest/globals';
import { bootFactor, driftFactors, hostConditions, hostFactor, noise, simulateRun } from '../index.js';

const sd = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
};
const seeds = Array.from({ length: 4_000 }, (_, seed) => seed);
/** Four standard errors of an SD of so many draws. */
const slack = (of: number, draws: number): number => (4 * of) / Math.sqrt(2 * draws);

describe('hosts, boots and days', () => {
  it.each([
    ['host', hostFactor, noise.hostSigma.value],
    ['boot', bootFactor, noise.bootSigma.value],
  ] as const)('differ by %s as the parameter says, the same each time', (_, factor, sigma) => {
    const logs = seeds.map((seed) => Math.log(factor(seed)));
    expect(Math.abs(sd(logs) - sigma)).toBeLessThan(slack(sigma, seeds.length));
    expect(factor(7)).toBe(factor(7));
  });

  it('differ by name, hosts that workers simulate, and by machine under the same name', () => {
    const logs = seeds.map((seed) => Math.log(hostConditions(`sim-${seed}`, 'zen3').level));
    expect(Math.abs(sd(logs) - noise.hostSigma.value)).toBeLessThan(slack(noise.hostSigma.value, seeds.length));
    expect(hostConditions('sim-1', 'zen3')).toEqual(hostConditions('sim-1', 'zen3'));
    expect(hostConditions('sim-1', 'zen4').level).not.toBe(hostConditions('sim-1', 'zen3').level);
    expect(hostConditions('sim-1', 'zen3').unrest).toBe(1);
  });

  it('drift from day to day with the spread and the memory that the parameters say', () => {
    const days = 20_000;
    const logs = [...driftFactors(days, 3)].map(Math.log);
    const sigma = noise.driftSigma.value;
    const products = logs.slice(1).map((value, day) => value * (logs[day] ?? 0));
    const memory = products.reduce((sum, value) => sum + value, 0) / products.length / sigma ** 2;
    expect(memory).toBeCloseTo(noise.driftPerDay.value, 1);
    // Days that remember one another count for fewer: by (1 + rho^2) / (1 - rho^2), three times.
    expect(Math.abs(sd(logs) - sigma)).toBeLessThan(slack(sigma, days / 3));
    expect([...driftFactors(5, 3)].map(Math.log)).toEqual(logs.slice(0, 5));
  });

  it('are assumed, every one of them', () => {
    const { hostSigma, bootSigma, driftSigma, driftPerDay } = noise;
    for (const { known, source } of [hostSigma, bootSigma, driftSigma, driftPerDay])
      expect({ known, source }).toEqual({ known: 'assumed', source: expect.stringMatching(/no citable figure/) });
  });
});

describe('the conditions of a run', () => {
  const medianOf = (level: number, unrest: number, seed: number): number => {
    const options = {
      machine: 'cascade-lake',
      probe: 'pf',
      faults: 400,
      warmup: 0,
      nonce: '0badf00d',
      batch: 64,
    } as const;
    const text = [...simulateRun({ ...options, seed, conditions: { level, unrest } })].join('');
    const u2k = [...text.matchAll(/[=,](\d+)\/\d+/g)].map(([, value]) => Number(value)).sort((a, b) => a - b);
    return u2k[Math.floor(u2k.length / 2)] ?? 0;
  };
  const runs = Array.from({ length: 60 }, (_, seed) => seed);

  it('move its level, and nothing else by default', () => {
    for (const seed of [1, 2, 3]) expect(medianOf(1.1, 1, seed) / medianOf(1, 1, seed)).toBeCloseTo(1.1, 2);
  });

  it('widen what lies between runs', () => {
    const spread = (unrest: number): number => sd(runs.map((seed) => Math.log(medianOf(1, unrest, seed))));
    expect(spread(4) / spread(1)).toBeGreaterThan(3);
    expect(spread(4) / spread(1)).toBeLessThan(5);
  });
});

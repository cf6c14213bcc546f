import { describe, expect, it } from '@jest/globals';
import { type NoiseRun, noiseRow } from './host-noise.table.js';

const run = (change: Partial<NoiseRun>): NoiseRun => ({
  ...{ hostId: 'h1', executor: 'stock-host', probe: 'pf_rt', metric: 'pf_rt', provenance: 'measured' },
  ...{ bootStateHash: 'b', bootId: 'first', day: '2026-11-26', seed: null, samples: 100 },
  ...{ p25Cycles: 990, p50Cycles: 1_000, p75Cycles: 1_017, stepCycles: 1, belowP50: 49, atP50: 2 },
  ...change,
});

describe('the noise of a host', () => {
  it('is the spread within runs, between runs, boots and days', () => {
    const runs = [1_000, 1_010, 1_000, 1_010].map((p50Cycles) => run({ p50Cycles }));
    const later = runs.map((one) => ({ ...one, bootId: 'second', p50Cycles: one.p50Cycles * 1.05 }));
    const row = noiseRow([...runs, ...later]);
    expect(row).toMatchObject({
      hostId: 'h1',
      metric: 'pf_rt',
      runs: 8,
      boots: 2,
      days: 1,
      runDegrees: 6,
      bootDegrees: 1,
    });
    expect(row?.runSd).toBeCloseTo(Math.log(1.01) * Math.sqrt(1 / 3), 4);
    expect(row?.bootSd).toBeCloseTo(Math.log(1.05) / Math.SQRT2, 3);
    expect(row).toMatchObject({ daySd: null, dayDegrees: 0 });
    expect(noiseRow([run({})])?.withinRunSd).toBeCloseTo(0.02, 4);
  });

  it('leaves out a median of nothing, and is nothing without another', () => {
    expect(noiseRow([run({}), run({ p50Cycles: 0 })])).toMatchObject({ runs: 1, runSd: null });
    expect(noiseRow([run({ p50Cycles: 0 })])).toBeNull();
  });

  it('counts a simulated run once, and knows no boots or days of it', () => {
    const drawn = { provenance: 'simulated', executor: 'simulator', bootId: null };
    const runs = [1, 2, 2].map((seed, day) =>
      run({ ...drawn, seed, day: `2026-11-0${day + 1}`, p50Cycles: 1_000 + seed }),
    );
    expect(noiseRow(runs)).toMatchObject({ runs: 2, boots: 1, runDegrees: 1, bootSd: null, daySd: null });
  });

  it('knows boots and days of a simulated run that names its boot, as those of a demo do', () => {
    const runs = [1, 2, 3, 4].map((seed) => {
      const [bootId, level] = seed < 3 ? ['first', 1_000] : ['second', 1_050];
      return run({ provenance: 'simulated', executor: 'simulator', seed, bootId, p50Cycles: level + seed });
    });
    const row = noiseRow(runs);
    expect(row).toMatchObject({ runs: 4, boots: 2, bootDegrees: 1 });
    expect(row?.bootSd).toBeCloseTo(Math.log(1.05) / Math.SQRT2, 2);
  });

  it('sees past the steps of a coarse clock', () => {
    const coarse = { stepCycles: 26, p50Cycles: 1_040, samples: 100, atP50: 60 };
    const row = noiseRow([run({ ...coarse, belowP50: 10 }), run({ ...coarse, belowP50: 30 })]);
    // 1,040 − 13 + 26 (50 − c)/60: 1,044.3 and 1,035.7.
    expect(row?.runSd).toBeCloseTo(Math.log(1_044.33 / 1_035.67) / Math.SQRT2, 4);
  });
});

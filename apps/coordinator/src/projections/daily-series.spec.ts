import { expect, it } from '@jest/globals';
import { LogHistogram } from '#stats';
import { rowsOf } from './daily-series.table.js';

const run = (p50Cycles: number, changed: object = {}) => ({
  ...{ day: new Date('2026-11-26T00:00:00Z'), hostId: 'h1', bootStateHash: 'b1', executor: 'simulator', probe: 'pf' },
  ...{ metric: 'u2k', provenance: 'simulated', p50Cycles, p50Ns: p50Cycles / 2 },
  ...{ samples: 2, minCycles: p50Cycles, maxCycles: p50Cycles, stepCycles: null, belowP50: null, atP50: null },
  ...{ p5Cycles: p50Cycles - 1, p95Cycles: p50Cycles + 2, p99Cycles: p50Cycles + 9 },
  histogram: LogHistogram.of([p50Cycles, p50Cycles]).toBytes(),
  draw: null,
  ...changed,
});

it('has a row for each day and series, with the exact quartiles of the runs’ medians', () => {
  const other = { bootStateHash: 'b2', p50Ns: null };
  const rows = rowsOf([run(100), run(400), run(200), run(7, other), run(9, other), run(300)]);
  expect(rows).toMatchObject([
    { bootStateHash: 'b1', runs: 4, samples: 8, q1Cycles: 175, p50Cycles: 250, q3Cycles: 325, p50Ns: 125, q1Ns: 87.5 },
    { bootStateHash: 'b2', runs: 2, samples: 4, q1Cycles: 7.5, p50Cycles: 8, q3Cycles: 8.5, p50Ns: null, q3Ns: null },
  ]);
  expect(rows).toMatchObject([
    { p5Cycles: 249, p95Cycles: 252, p99Cycles: 259 },
    { p5Cycles: 7, p95Cycles: 10, p99Cycles: 17 },
  ]);
  expect(LogHistogram.fromBytes(rows[0]?.histogram ?? new Uint8Array()).quantile(1)).toBe(400);
});

it('has the level that no clock rounds, and the scatter of its runs', () => {
  const onClock = (belowP50: number) => ({
    samples: 100,
    stepCycles: 20,
    belowP50,
    atP50: 40,
    minCycles: 80,
    maxCycles: 120,
  });
  // Grouped medians: 100 − 10 + 20 (50 − c)/40 = 105 and 95.
  const [row] = rowsOf([run(100, onClock(20)), run(100, onClock(40))]);
  expect(row?.levelCycles).toBeCloseTo(Math.sqrt(105 * 95), 9);
  expect(row?.levelNs).toBeCloseTo(Math.sqrt(105 * 95) / 2, 9);
  expect(row?.runSd).toBeCloseTo(Math.log(105 / 95) / Math.SQRT2, 9);
  expect(rowsOf([run(100)])[0]).toMatchObject({ levelCycles: expect.closeTo(100, 9), runSd: null });
  expect(rowsOf([run(0), run(100)])[0]).toMatchObject({ levelCycles: null, levelNs: null, runSd: null });
});

it('counts a copy of a simulated run once, and another draw of the same median as a run of its own', () => {
  const rows = rowsOf([
    ...[run(100, { draw: 'b1/7' }), run(300, { draw: 'b1/7' }), run(300, { draw: 'b1/8' })],
    ...[run(300, { metric: 'k2u', draw: 'b1/7' }), run(9), run(9)],
  ]);
  expect(rows).toMatchObject([
    { metric: 'u2k', runs: 4, samples: 8, p50Cycles: 54.5 },
    { metric: 'k2u', runs: 1, samples: 2, p50Cycles: 300, runSd: null },
  ]);
});

it.each(['day', 'hostId', 'executor', 'probe', 'metric', 'provenance'] as const)(
  'keeps rows of another %s apart',
  (key) => {
    const value = key === 'day' ? new Date('2026-11-27T00:00:00Z') : 'another';
    expect(rowsOf([run(1), run(2, { [key]: value })])).toHaveLength(2);
  },
);

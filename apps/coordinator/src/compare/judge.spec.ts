import { describe, expect, it } from '@jest/globals';
import { compareQuerySchema, type Provenance } from '#contracts';
import { judge } from './judge.js';
import type { Side } from './side.js';

const query = compareQuerySchema.parse({ a: 'uarch=x', b: 'uarch=y', metric: 'u2k' });

function side(name: string, base: number, provenance: Provenance = 'simulated', runs = 10): Side {
  return {
    selector: name,
    copies: 0,
    cut: false,
    runs: Array.from({ length: runs }, (_, i) => ({
      runId: `${name}-${i}`,
      hostId: `${name}-host-${i % 2}`,
      provenance,
      draw: null,
      noisy: false,
      p50Cycles: base + (i % 5),
      samples: 100,
    })),
  };
}

describe('judge', () => {
  it('calls a clear difference by its name', () => {
    const comparison = judge(query, side('a', 400), side('b', 800));
    expect(comparison).toMatchObject({
      verdict: 'slower',
      warnings: [],
      a: { runs: 10, samples: 1_000, provenance: ['simulated'] },
    });
    expect(comparison.ratio).toBeCloseTo(2, 1);
    expect(comparison.a.hosts).toEqual(['a-host-0', 'a-host-1']);
  });

  it('does not compare figures of different provenance between the sides', () => {
    const comparison = judge(query, side('a', 400, 'measured'), side('b', 800, 'simulated'));
    expect(comparison).toMatchObject({ verdict: 'inconclusive', ratio: null, interval: null });
    expect(comparison.reason).toBe('measured and simulated figures are not compared with each other');
    expect(comparison.warnings[0]).toMatch(/add for example provenance=measured to both selectors/);
  });

  it('does not pool figures of different provenance within a side', () => {
    const mixed = { ...side('a', 400), runs: [...side('a', 400).runs, ...side('m', 400, 'emulated').runs] };
    expect(judge(query, mixed, side('b', 800))).toMatchObject({ verdict: 'inconclusive', ratio: null });
  });

  it('tells how many runs of which side were on a noisy machine', () => {
    const quiet = side('a', 400);
    const noisy = {
      ...quiet,
      selector: 'n',
      runs: quiet.runs.map((run, i) => ({ ...run, runId: `n${i}`, noisy: i < 3 })),
    };
    expect(judge(query, quiet, noisy).warnings).toEqual([
      '3 of 10 runs of "n" were on a noisy machine; noise=quiet selects those that were not',
    ]);
  });

  it('says that a side is empty', () => {
    expect(judge(query, side('a', 400, 'simulated', 0), side('b', 800))).toMatchObject({
      verdict: 'inconclusive',
      ratio: null,
      a: { medianCycles: null },
    });
  });

  it('warns of runs on both sides and of runs left out', () => {
    const a = side('a', 400);
    const comparison = judge(query, a, { ...a, selector: 'b', cut: true });
    expect(comparison.warnings).toEqual([
      expect.stringMatching(/"b" matches more runs; only the newest 10/),
      expect.stringMatching(/10 runs stand on both sides/),
    ]);
  });

  it('gives the same answer for the same seed', () => {
    const again = () => judge(query, side('a', 400), side('b', 404));
    expect(again()).toEqual(again());
  });
});

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
      virt: 'bare',
      kpti: 'off',
      tscKhz: 2_300_000,
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

  it('says when older runs were left out', () => {
    const [warning] = judge(query, side('a', 400), { ...side('b', 400), cut: true }).warnings;
    expect(warning).toMatch(/"b" matches more runs; only the newest 10/);
  });

  it('refuses sides that share a run, or a run and its copy', () => {
    const refusal = /^10 of the 10 runs of b, "b", stand on side a too/;
    const a = side('a', 400);
    const same = judge(query, a, { ...a, selector: 'b' });
    expect(same).toMatchObject({ verdict: 'inconclusive', unit: null, ratio: null, ratioCycles: null, interval: null });
    expect(same.reason).toMatch(refusal);
    expect(same.warnings).toEqual(['make the selectors disjoint, so that no run matches both']);
    const drawn = (one: Side): Side => ({ ...one, runs: one.runs.map((run, i) => ({ ...run, draw: `m/${i}` })) });
    expect(judge(query, drawn(a), drawn(side('b', 400))).reason).toMatch(refusal);
  });

  it.each([
    ['virt', { virt: 'vm' }, 'virt=bare or virt=vm'],
    ['kpti', { kpti: 'on' }, 'kpti=off or kpti=on'],
  ] as const)('refuses a side that mixes %s, names what, and gives it no median', (label, other, terms) => {
    const all = side('a', 400);
    const mixed = { ...all, runs: all.runs.map((run, i) => (i < 3 ? { ...run, ...other, p50Cycles: 900 } : run)) };
    const comparison = judge(query, side('b', 400), { ...mixed, selector: 'generation=x' });
    expect(comparison).toMatchObject({
      ...{ verdict: 'inconclusive', ratio: null, interval: null },
      ...{ a: { medianCycles: 402 }, b: { medianCycles: null, medianNs: null, runs: 10 } },
      warnings: [`add ${terms} to b`],
    });
    expect(comparison.reason).toMatch(new RegExp(`^b, "generation=x", mixes \\d+ runs with ${label}=`));
    // Two states may be compared with each other.
    expect(judge(query, all, { ...side('b', 400), runs: mixed.runs.slice(0, 0) }).reason).toMatch(/b has no runs/);
  });

  it('judges in nanoseconds where the clocks differ: fewer cycles of a slower clock are more time', () => {
    const clock = (one: Side, tscKhz: number | null): Side => ({
      ...one,
      runs: one.runs.map((run) => ({ ...run, tscKhz })),
    });
    const [a, b] = [side('a', 400), side('b', 415)];
    // Cascade Lake (2.7 GHz) against Skylake-SP (2.4): more cycles, less time.
    const faster = judge(query, clock(a, 2_400_000), clock(b, 2_700_000));
    expect(faster).toMatchObject({ verdict: 'faster', unit: 'ns' });
    expect(faster.ratio).toBeCloseTo((417 / 402) * (2.4 / 2.7), 3);
    expect(faster.ratioNs).toBe(faster.ratio);
    expect(faster.ratioCycles).toBeCloseTo(417 / 402, 3);
    expect(faster.a.medianNs).toBeCloseTo(402 / 2.4, 3);
    expect(faster.a.runMedians[0]?.p50Ns).toBeCloseTo(400 / 2.4, 3);
    expect(faster.warnings).toEqual([expect.stringMatching(/^judged in nanoseconds, .* 2,400 to 2,700 MHz/)]);
    // One clock that was calibrated twice is one clock.
    expect(judge(query, clock(a, 2_400_000), clock(b, 2_400_900))).toMatchObject({ verdict: 'slower', unit: 'cycles' });
    // Clocks that differ within one side.
    const within = { ...a, runs: [...clock(a, 2_400_000).runs.slice(5), ...clock(a, 2_700_000).runs.slice(0, 5)] };
    expect(judge(query, within, clock(b, 2_400_000)).unit).toBe('ns');
  });

  it('gives a side of several clocks no median in cycles', () => {
    const slow = side('a', 400);
    const runs = slow.runs.map((run, i) => ({ ...run, tscKhz: i % 2 === 0 ? 2_300_000 : 2_700_000 }));
    const comparison = judge(query, { ...slow, runs }, side('b', 800));
    expect(comparison).toMatchObject({ unit: 'ns', a: { medianCycles: null }, ratioCycles: null });
    expect(comparison.a.medianNs).toBeCloseTo(402 / 2.5, -1);
    expect(comparison.ratioNs).toBe(comparison.ratio);
    const recalibrated = slow.runs.map((run, i) => ({ ...run, tscKhz: 2_300_000 + i }));
    expect(judge(query, { ...slow, runs: recalibrated }, side('b', 800)).a.medianCycles).toBe(402);
  });

  it('does not put an unknown clock beside another, but compares runs of one host', () => {
    const unknown = (one: Side, hostId?: string): Side => ({
      ...one,
      runs: one.runs.map((run) => ({ ...run, tscKhz: null, hostId: hostId ?? run.hostId })),
    });
    const [a, b] = [side('a', 400), side('b', 800)];
    for (const other of [a, unknown(a)]) {
      const refused = judge(query, other, unknown(b));
      expect(refused).toMatchObject({ verdict: 'inconclusive', ratio: null, unit: null, b: { medianNs: null } });
      expect(refused.reason).toMatch(
        /^the TSC's rate is not known for \d+ of 20 runs \((a-host-0, a-host-1, b-host-0 and 1 more|b-host-0, b-host-1)\)/,
      );
    }
    const one = judge(query, unknown(a, 'h'), unknown(b, 'h'));
    expect(one).toMatchObject({ verdict: 'slower', unit: 'cycles', ratioNs: null });
  });

  it('says for how many runs and hosts it speaks', () => {
    expect(judge(query, side('a', 400), side('b', 800, 'simulated', 1)).scope).toBe(
      'speaks for these runs, 10 runs on 2 hosts (a) and 1 run on 1 host (b), not for other hosts of their kind',
    );
  });

  it('gives the same answer for the same seed', () => {
    const again = () => judge(query, side('a', 400), side('b', 404));
    expect(again()).toEqual(again());
  });
});

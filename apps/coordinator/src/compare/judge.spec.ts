import { describe, expect, it } from '@jest/globals';
import { compareQuerySchema, type Provenance } from '#contracts';
import { judge } from './judge.js';
import type { Side } from './side.js';

const query = compareQuerySchema.parse({ a: 'uarch=x', b: 'uarch=y', metric: 'u2k' });

function side(name: string, base: number, provenance: Provenance = 'simulated', runs = 10): Side {
  return {
    selector: name,
    namesHosts: true,
    copies: 0,
    cut: false,
    runs: Array.from({ length: runs }, (_, i) => ({
      runId: `${name}-${i}`,
      hostId: `${name}-host-${i % 2}`,
      provenance,
      facts: { executor: provenance === 'simulated' ? 'simulator' : 'stock-host', virt: 'bare', kpti: 'off' },
      draw: null,
      tscKhz: 2_300_000,
      noisy: false,
      endedAtMs: i,
      p50Cycles: base + (i % 5),
      minCycles: base - 1,
      maxCycles: 5 * base + i,
      samples: 100,
    })),
  };
}

describe('judge', () => {
  it('warns of hosts that are quarantined now, and names them', () => {
    const b = { ...side('b', 800), quarantined: ['b-host-1'] };
    expect(judge(query, side('a', 400), b).warnings).toEqual([
      '1 host of "b" is quarantined now (b-host-1); host!=… leaves one out',
    ]);
  });

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
    expect(comparison.refusals[0]?.remedy).toMatch(/add for example provenance=measured to both selectors/);
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
    const refusal = /^10 runs of b, "b", stand on side a too/;
    const a = side('a', 400);
    const same = judge(query, a, { ...a, selector: 'b' });
    expect(same).toMatchObject({
      verdict: 'inconclusive',
      unit: null,
      ratio: null,
      interval: null,
      effects: { ns: null, cycles: null },
    });
    expect(same.reason).toMatch(refusal);
    expect(same.refusals).toMatchObject([
      { kind: 'overlap', remedy: 'make the selectors disjoint, so that no run matches both' },
    ]);
    const mixed = {
      ...a,
      runs: a.runs.map((run, i) => ({ ...run, facts: { ...run.facts, kpti: i % 4 < 2 ? 'on' : 'off' } })),
    };
    const alike = judge(query, mixed, { ...mixed, selector: 'b' });
    expect(alike.refusals.map(({ kind }) => kind)).toEqual(['overlap']);
    expect(alike.a).toMatchObject({ medianCycles: null, medianNs: null });
    const drawn = (one: Side): Side => ({ ...one, runs: one.runs.map((run, i) => ({ ...run, draw: `m/${i}` })) });
    expect(judge(query, drawn(a), drawn(side('b', 400))).reason).toMatch(refusal);
  });

  it.each([
    ['virt', { virt: 'vm' }, 'virt=bare or virt=vm'],
    ['kpti', { kpti: 'on' }, 'kpti=off or kpti=on'],
  ] as const)('refuses a side that mixes %s, names what, and gives it no median', (label, other, terms) => {
    const all = side('a', 400);
    const mixed = {
      ...all,
      runs: all.runs.map((run, i) => (i < 3 ? { ...run, facts: { ...run.facts, ...other }, p50Cycles: 900 } : run)),
    };
    const comparison = judge(query, side('b', 400), { ...mixed, selector: 'generation=x' });
    expect(comparison).toMatchObject({
      ...{ verdict: 'inconclusive', ratio: null, interval: null },
      ...{ a: { medianCycles: 402 }, b: { medianCycles: null, medianNs: null, runs: 10 } },
      sentence: 'a and b are not compared',
      refusals: [
        {
          ...{ kind: 'mixed', side: 'b', field: label },
          remedy: `add ${terms} to b, compare value by value (--by ${label}), or say that it may be mixed (--pool ${label})`,
        },
      ],
    });
    expect(comparison.reason).toMatch(new RegExp(`^b, "generation=x", mixes \\d+ runs with ${label}=`));
    const pooled = judge({ ...query, pool: [label] }, side('b', 400), { ...mixed, selector: 'generation=x' });
    expect(pooled).toMatchObject({ refusals: [], mixtures: [{ side: 'b', field: label, standing: 'pooled' }] });
    expect(pooled.warnings).toContainEqual(expect.stringMatching(new RegExp(`^b mixes ${label} \\(`)));
  });

  // A matrix said "mixes 9 runs … and 9" of a side of 2,401: those of the few hosts that stood on the other side too.
  it.each([
    [
      'kernel',
      (i: number) => ({ facts: { executor: 'simulator', virt: 'bare', kpti: 'off', kernel: `6.1.${i % 2}` } }),
    ],
    ['provenance', (i: number) => ({ provenance: i % 2 === 0 ? ('simulated' as const) : ('measured' as const) })],
  ])('says of which runs of a side it is that they mix %s, where not all are compared', (_, changed) => {
    const [many, few] = [side('a', 400, 'simulated', 40), side('a', 400, 'simulated', 6)];
    const runs = many.runs.map((run, i) => ({ ...run, hostId: `host-${i % 20}`, ...changed(Math.floor(i / 20)) }));
    const other = few.runs.map((run, i) => ({ ...run, runId: `b${i}`, hostId: `host-${i % 3}` }));
    const { reason, a } = judge(query, { ...many, runs }, { ...few, selector: 'b', runs: other });
    expect(a.runs).toBe(40);
    expect(reason).toMatch(
      /^a, "a", mixes 3 runs with \S+ and 3 runs with \S+ on the 3 hosts that both sides have \(6 of its 40 runs\), so that/,
    );
  });

  it('refuses a side that mixes executors: a series is of one', () => {
    const all = side('a', 400, 'measured');
    const runs = all.runs.map((run, i) => ({
      ...run,
      facts: { ...run.facts, executor: i < 3 ? 'patched-host' : 'stock-host' },
    }));
    const comparison = judge(query, side('b', 400, 'measured'), { ...all, selector: 'x', runs });
    expect(comparison).toMatchObject({ verdict: 'inconclusive', ratio: null });
    expect(comparison.reason).toMatch(/mixes 7 runs with executor=stock-host and 3 runs with executor=patched-host/);
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
    expect(faster.effects.ns?.ratio).toBe(faster.ratio);
    expect(faster.effects.cycles?.ratio).toBeCloseTo(417 / 402, 3);
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
    expect(comparison).toMatchObject({ unit: 'ns', a: { medianCycles: null }, effects: { cycles: null } });
    expect(comparison.a.medianNs).toBeCloseTo(402 / 2.5, -1);
    expect(comparison.effects.ns?.ratio).toBe(comparison.ratio);
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
    expect(one).toMatchObject({ verdict: 'slower', unit: 'cycles', effects: { ns: null } });
  });

  it('says for which runs and hosts it speaks', () => {
    const [a, b] = [side('a', 400), side('b', 800)];
    expect(judge(query, a, b).scope).toBe(
      'speaks for 2 hosts (10 runs) (a) and 2 hosts (10 runs) (b), as set up and booted then, not for others like them',
    );
    const same = { ...b, runs: b.runs.map((run) => ({ ...run, hostId: run.hostId.replace('b-', 'a-') })) };
    expect(judge(query, a, same).scope).toBe(
      'speaks for these 2 hosts, each compared with itself, as set up and booted then: 10 runs (a), 10 runs (b)',
    );
  });
});

/** A side of kinds: hosts of different levels, each with so many runs, all of one provenance. */
function kind(name: string, levels: readonly number[], runs: (host: number) => number): Side {
  const one = side(name, 400, 'measured', 1).runs[0];
  if (one === undefined) throw new Error('a side without runs');
  return {
    ...{ selector: name, namesHosts: false, copies: 0, cut: false },
    runs: levels.flatMap((level, host) =>
      Array.from({ length: runs(host) }, (_, i) => ({
        ...{ ...one, runId: `${name}-${host}-${i}`, hostId: `${name}-host-${host}`, endedAtMs: (i + 0.5) / runs(host) },
        p50Cycles: Math.round(level * (1 + (i % 3) / 1_000)),
      })),
    ),
  };
}

describe('kind against kind', () => {
  it('gives no verdict on fewer than five hosts a side, however many runs they have', () => {
    // With a true spread of 3 % between hosts, one host a side is wrong in half of all cases.
    const comparison = judge(
      query,
      kind('a', [1_000], () => 50),
      kind('b', [1_050, 1_060], () => 50),
    );
    expect(comparison).toMatchObject({ verdict: 'inconclusive', interval: null, unit: 'cycles' });
    expect(comparison.ratio).toBeCloseTo(1.056, 2);
    expect(comparison.reason).toContain('a, "a", stands for 1 host, not for a kind of host: that takes 5');
    expect(comparison.scope).toBe(
      'speaks for 1 host (50 runs) (a) and 2 hosts (100 runs) (b), as set up and booted then, not for others like them',
    );
    expect(comparison.more).toMatch(/name the hosts \(host=… in the selector\)/);
    // Named, they speak for themselves.
    const named = (one: Side): Side => ({ ...one, namesHosts: true });
    const hosts = judge(query, named(kind('a', [1_000], () => 50)), named(kind('b', [1_050, 1_060], () => 50)));
    expect(hosts).toMatchObject({
      verdict: 'slower',
      scope: expect.stringContaining('not for others like them'),
    });
  });

  it('weighs hosts alike: the same hosts with other numbers of runs are not slower', () => {
    const levels = [1_000, 1_100, 1_000, 1_100, 1_000, 1_100];
    const a = kind('a', levels, (host) => (host % 2 === 0 ? 12 : 6));
    const b = kind('b', levels, (host) => (host % 2 === 0 ? 6 : 12));
    const comparison = judge(query, a, b);
    expect(comparison.verdict).toBe('inconclusive');
    expect(comparison.ratio).toBeCloseTo(1, 3);
  });

  it('finds a difference that is larger than the spread between hosts', () => {
    const levels = [1_000, 1_010, 990, 1_005, 995];
    const comparison = judge(
      query,
      kind('a', levels, () => 3),
      kind(
        'b',
        levels.map((level) => level * 1.2),
        () => 9,
      ),
    );
    expect(comparison).toMatchObject({ verdict: 'slower' });
    expect(comparison.scope).toBe('speaks for the kind of 5 hosts (15 runs) (a) and the kind of 5 hosts (45 runs) (b)');
  });
});

describe('hosts on both sides', () => {
  it('are compared with themselves, and those of one side only are left out and named', () => {
    const levels = [1_000, 1_300, 700];
    const a = kind('a', [...levels, 5_000], () => 4);
    const b = {
      ...kind(
        'b',
        levels.map((level) => level * 1.05),
        () => 4,
      ),
      selector: 'b',
    };
    const named = { ...b, runs: b.runs.map((run) => ({ ...run, hostId: run.hostId.replace('b-', 'a-') })) };
    const comparison = judge(query, a, named);
    expect(comparison).toMatchObject({ verdict: 'slower', a: { hosts: ['a-host-0', 'a-host-1', 'a-host-2'] } });
    expect(comparison.ratio).toBeCloseTo(1.05, 3);
    expect(comparison.warnings).toContainEqual(expect.stringMatching(/^left out, .* both: a-host-3$/));
  });
});

describe('sides measured one after the other', () => {
  const later = (one: Side): Side => ({
    ...one,
    runs: one.runs.map((run) => ({ ...run, endedAtMs: run.endedAtMs + 100 })),
  });

  it('get no verdict: a drift could not be distinguished from an effect', () => {
    const [a, b] = [side('a', 400, 'measured'), later(side('b', 800, 'measured'))];
    const comparison = judge(query, a, b);
    expect(comparison).toMatchObject({ verdict: 'inconclusive' });
    expect(comparison.interval?.low).toBeGreaterThan(1.9);
    expect(comparison.reason).toMatch(/^b was measured after a, so that a drift/);
    expect(judge(query, b, a).reason).toMatch(/^a was measured after b/);
  });

  it('get one where the figures follow from seeds', () => {
    expect(judge(query, side('a', 400), later(side('b', 800))).verdict).toBe('slower');
  });
});

describe('a clock of coarse step', () => {
  /** All samples are multiples of 26; the runs differ by chance. */
  const coarse = (name: string, ticks: number): Side => {
    const one = side(name, 400, 'measured');
    const runs = one.runs.map((run, i) => ({
      ...run,
      p50Cycles: 26 * ticks,
      minCycles: 26 * (ticks - (i % 3)),
      maxCycles: 26 * (89 + i),
    }));
    return { ...one, runs };
  };

  it('never calls sides equal that it shows alike', () => {
    const comparison = judge(query, coarse('a', 16), coarse('b', 16));
    expect(comparison).toMatchObject({ verdict: 'inconclusive', ratio: 1 });
    expect(comparison.more).toMatch(
      /^no number of runs would: the steps of the TSCs may hide a change of up to 6.56 %/,
    );
  });

  it('does not call a difference of one step slower, but several', () => {
    expect(judge(query, coarse('a', 16), coarse('b', 17)).verdict).toBe('inconclusive');
    expect(judge(query, coarse('a', 16), coarse('b', 20)).verdict).toBe('slower');
  });
});

describe('what is no replicate', () => {
  it('refuses medians of 0 and single runs, with what to do', () => {
    const zero = side('a', 400);
    const runs = zero.runs.map((run, i) => ({ ...run, p50Cycles: i === 0 ? 0 : run.p50Cycles }));
    expect(judge(query, { ...zero, runs }, side('b', 800))).toMatchObject({ verdict: 'inconclusive', interval: null });
    const single = judge(query, side('a', 400), side('b', 800, 'measured', 1));
    expect(single.reason).toMatch(/provenance|measured/);
    expect(judge(query, side('a', 400), side('b', 800, 'simulated', 1)).reason).toMatch(/a single run of each host/);
  });
});

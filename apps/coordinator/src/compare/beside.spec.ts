import { describe, expect, it } from '@jest/globals';
import { compareQuerySchema } from '#contracts';
import { judge } from './judge.js';
import type { Replicate, Side } from './side.js';

const query = compareQuerySchema.parse({ a: 'label=x', b: 'label=y', metric: 'u2k' });
const dayMs = 86_400_000;

interface Made {
  host: string;
  cycles: number;
  atMs: number;
  more?: Partial<Replicate>;
}

let serial = 0;
const run = ({ host, cycles, atMs, more = {} }: Made): Replicate => ({
  ...{ runId: `run-${serial++}`, hostId: host, provenance: 'measured', draw: null, noisy: false, tscKhz: 2_300_000 },
  ...{ facts: { executor: 'stock-host' }, endedAtMs: atMs, samples: 100 },
  ...{ p50Cycles: cycles, minCycles: cycles - 7, maxCycles: 5 * cycles + 1, bootId: 'boot' },
  ...more,
});

function side(selector: string, runs: readonly Replicate[], more: Partial<Side> = {}): Side {
  return { selector, namesHosts: true, runs, copies: 0, cut: false, ...more };
}

/** Runs of hosts at a level, within an hour from a time on; they differ by a few cycles. */
const runs = (hosts: readonly string[], level: number, fromMs: number, count = 6, more: Partial<Replicate> = {}) =>
  hosts.flatMap((host, at) =>
    Array.from({ length: count }, (_, i) =>
      run({ host, cycles: level + 3 * at + (i % 3), atMs: fromMs + i * 60_000, more }),
    ),
  );

describe('with control hosts', () => {
  const changed = ['h1', 'h2', 'h3'];
  const still = ['c1', 'c2', 'c3', 'c4'];
  const [before, after] = [0, dayMs];
  const a = side('era=before', [...runs(changed, 10_000, before), ...runs(still, 10_000, before)]);
  /** Everything became 4 % dearer meanwhile; the changed hosts 6 % more. */
  const b = (effect: number) =>
    side('era=after', [...runs(changed, 10_400 * effect, after), ...runs(still, 10_400, after)]);
  const control = (of: Side) =>
    side(
      'role=control',
      [...a.runs, ...of.runs].filter(({ hostId }) => hostId.startsWith('c')),
    );

  it('takes out what happened to all of them, and needs no turns', () => {
    const dearer = b(1.06);
    expect(judge(query, a, dearer)).toMatchObject({ verdict: 'inconclusive', control: null });
    const comparison = judge(query, a, dearer, control(dearer));
    expect(comparison).toMatchObject({
      verdict: 'slower',
      control: { selector: 'role=control', hosts: still, runs: 48 },
      a: { hosts: changed },
      b: { hosts: changed },
    });
    expect(comparison.ratio).toBeCloseTo(1.06, 3);
    expect(comparison.effects.cycles?.difference).toBeCloseTo(600, -1);
    expect(comparison.scope).toMatch(/these 3 hosts.*without what happened to 4 control hosts too$/);
    const same = b(1);
    expect(judge(query, a, same, control(same))).toMatchObject({ verdict: 'equal' });
  });

  it('judges one changed host by the scatter of the control hosts', () => {
    const one = (all: Side): Side => ({
      ...all,
      runs: all.runs.filter(({ hostId }) => !['h2', 'h3'].includes(hostId)),
    });
    const dearer = b(1.06);
    expect(judge(query, one(a), one(dearer), control(dearer))).toMatchObject({
      verdict: 'slower',
      a: { hosts: ['h1'] },
    });
  });

  it('counts what was measured beside one side only: by job, else by time', () => {
    const dearer = b(1.06);
    const late = control(dearer).runs.map((one) => ({ ...one, endedAtMs: one.endedAtMs + 10 * dayMs }));
    const none = judge(query, a, dearer, side('role=control', late));
    expect(none).toMatchObject({ verdict: 'inconclusive', interval: null, control: { hosts: [], runs: 0 } });
    expect(none.reason).toBe('of the control hosts, "role=control", 0 have runs beside both sides; that takes 3');
    const inJobs = (all: Side, jobId: string): Side => ({ ...all, runs: all.runs.map((one) => ({ ...one, jobId })) });
    const byJob = late.map((one) => ({ ...one, jobId: one.endedAtMs < 10.5 * dayMs ? 'first' : 'second' }));
    expect(judge(query, inJobs(a, 'first'), inJobs(dearer, 'second'), side('role=control', byJob))).toMatchObject({
      ...{ verdict: 'slower', control: { hosts: still } },
    });
  });

  it('has nothing to say where no host stands on both sides', () => {
    const [x, y] = [side('host=h1', runs(['h1'], 100, 0)), side('host=h2', runs(['h2'], 200, 0))];
    const comparison = judge(query, x, y, control(b(1)));
    expect(comparison).toMatchObject({ verdict: 'inconclusive', interval: null });
    expect(comparison.reason).toMatch(/^no host stands on both sides/);
  });
});

describe('boots and days', () => {
  const history = (bootSd: number | null, bootDegrees: number) => [
    {
      ...{ hostId: 'h1', executor: 'stock-host', probe: 'pf', metric: 'u2k', provenance: 'measured' },
      ...{ runs: 60, boots: 8, days: 1, withinRunSd: 0.05, runSd: 0.0001, runDegrees: 50, bootSd, bootDegrees },
      ...{ daySd: null, dayDegrees: 0 },
    },
  ];
  /** Interleaved in time, 2 % apart, the sides in boots of their own or in the same ones. */
  const sides = (bootA: string, bootB: string, known: ReturnType<typeof history>): [Side, Side] => [
    side('kpti=off', runs(['h1'], 10_000, 0, 9, { bootId: bootA }), { history: known }),
    side('kpti=on', runs(['h1'], 10_200, 30_000, 9, { bootId: bootB }), { history: known }),
  ];

  it('speaks for one boot a side while nothing is known of others', () => {
    const comparison = judge(query, ...sides('x', 'y', history(null, 0)));
    expect(comparison).toMatchObject({ verdict: 'slower' });
    expect(comparison.scope).toMatch(/^speaks for this host, as set up and booted then/);
    // Five boots are too few to know their spread.
    expect(judge(query, ...sides('x', 'y', history(0.02, 3)))).toMatchObject({ verdict: 'slower' });
  });

  it('puts the spread between boots into the interval once it is known', () => {
    const comparison = judge(query, ...sides('x', 'y', history(0.02, 7)));
    expect(comparison).toMatchObject({ verdict: 'inconclusive' });
    expect(comparison.scope).toMatch(/^speaks for this host, as set up then, in whatever boot/);
    // t(7) √2 · 2 % = 6.7 %.
    expect(comparison.interval?.high).toBeCloseTo(1.02 * Math.exp(2.365 * Math.SQRT2 * 0.02), 2);
    expect(comparison.more).toMatch(/^no number of runs would: boots and days differ by more/);
    // In the same boot, boots cancel.
    expect(judge(query, ...sides('x', 'x', history(0.02, 7)))).toMatchObject({ verdict: 'slower' });
  });

  it('is never equal below the spread between boots', () => {
    const [a, b] = sides('x', 'y', history(0.02, 7));
    const alike = { ...b, runs: b.runs.map((one) => ({ ...one, p50Cycles: one.p50Cycles - 200 })) };
    expect(judge(query, a, alike).verdict).toBe('inconclusive');
    expect(judge(query, { ...a, history: [] }, { ...alike, history: [] }).verdict).toBe('equal');
  });

  it('counts them of a demo’s hosts, which boot, and not of a worker’s simulated ones', () => {
    const known = history(0.02, 7).map((row) => ({ ...row, executor: 'simulator', provenance: 'simulated' as const }));
    const simulated = (bootId: string | null, level: number, fromMs: number) =>
      runs(['h1'], level, fromMs, 9, { bootId, provenance: 'simulated', facts: { executor: 'simulator' } });
    const between = (a: string | null, b: string | null): string =>
      judge(
        query,
        side('kpti=off', simulated(a, 10_000, 0), { history: known }),
        side('kpti=on', simulated(b, 10_200, 30_000), { history: known }),
      ).verdict;
    expect(between('x', 'y')).toBe('inconclusive');
    expect(between(null, null)).toBe('slower');
  });

  it('flags a host above the noise limit', () => {
    const { warnings } = judge(query, ...sides('x', 'x', history(0.05, 7)));
    expect(warnings).toContainEqual(
      expect.stringMatching(/^h1: its runs of u2k scatter by 5 % when nothing changes \(noise grade D\)/),
    );
  });
});

describe('simulated machines of different models', () => {
  const simulated = (machine: string, level: number) =>
    side(
      `machine=${machine}`,
      runs([machine], level, 0, 8, {
        provenance: 'simulated',
        facts: { executor: 'simulator', 'fact.machine': machine },
      }),
    );

  it('have the models’ band beside the interval, and no verdict inside it', () => {
    const close = judge({ ...query, allow: [] }, simulated('haswell-ep', 10_000), simulated('zen3', 10_500));
    expect(close.modelBand).toMatchObject({ a: ['haswell-ep'], b: ['zen3'] });
    expect(close.modelBand?.low).toBeLessThan(0.95);
    expect(close.interval?.low).toBeGreaterThan(1.04);
    expect(close.verdict).toBe('inconclusive');
    expect(close.reason).toMatch(/lies wholly above .*, but the models of haswell-ep and zen3 may be off so far/);
    expect(close.more).toMatch(/models are not known closely enough/);
    const far = judge(query, simulated('haswell-ep', 10_000), simulated('zen3', 90_000));
    expect(far).toMatchObject({ verdict: 'slower' });
  });

  it('cancel where both sides are of one model', () => {
    const again = simulated('zen3', 10_500);
    const other = { ...again, runs: again.runs.map((one) => ({ ...one, runId: `${one.runId}b`, hostId: 'other' })) };
    expect(judge(query, simulated('zen3', 10_000), other)).toMatchObject({ modelBand: null, verdict: 'slower' });
    const guest = judge(query, simulated('haswell-ep', 10_000), simulated('haswell-ep-vm', 10_500));
    expect(guest).toMatchObject({ modelBand: null, verdict: 'slower' });
  });

  it('cancel where each host is compared with itself, however many models there are', () => {
    const models = ['haswell-ep', 'zen3', 'ice-lake-sp'];
    const fleet = (level: number, modelOf: (host: string) => string) =>
      models.flatMap((host) => {
        const facts = { executor: 'simulator', 'fact.machine': modelOf(host) };
        return runs([host], level, 0, 8, { provenance: 'simulated', facts });
      });
    const before = side('era=before', fleet(10_000, String));
    const after = side('era=after', fleet(10_500, String));
    expect(judge(query, before, after)).toMatchObject({ modelBand: null, verdict: 'slower' });
    const exchanged = side(
      'era=after',
      fleet(10_500, (host) => (host === 'zen3' ? 'zen4' : host)),
    );
    const allowed = { ...query, allow: ['fact.machine', 'cpuid'] };
    expect(judge(allowed, before, exchanged).modelBand).not.toBeNull();
  });
});

describe('a coarse clock of which it is known how the samples lie', () => {
  const coarse = (host: string, below: number, at: number) =>
    Array.from({ length: 10 }, (_, i) =>
      run({
        ...{ host, cycles: 2_600, atMs: i },
        more: {
          ...{ samples: 1_000, minCycles: 2_340, maxCycles: 5_174 },
          onClock: { stepCycles: 26, belowP50: below + (i % 3), atP50: at, p25Cycles: 2_496, p75Cycles: 2_704 },
        },
      }),
    );

  it('moves within the step, and is known as far as not all samples read one value', () => {
    // Half of the cases are below 2,600 − 13 + 26 (500 − c)/100: 2,589.6 and 2,610.4.
    const a = side('host=x', coarse('x', 490, 100));
    const b = side('host=y', coarse('y', 410, 100));
    const comparison = judge(query, a, b);
    expect(comparison.ratio).toBeCloseTo((2_587 + 26 * 0.89) / (2_587 + 26 * 0.09), 4);
    expect(comparison.a.medianCycles).toBe(2_600);
    expect(comparison.a.resolution).toBeCloseTo((26 / 2_600) * 0.1, 5);
    // As if nothing were known of the samples, the step stands whole.
    const unknown = (one: Side): Side => ({ ...one, runs: one.runs.map((each) => ({ ...each, onClock: null })) });
    expect(judge(query, unknown(a), unknown(b))).toMatchObject({
      ratio: 1,
      a: { resolution: expect.closeTo(0.01, 2) },
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { confoundersOf } from './confounders.js';
import type { Facts } from './facts.js';
import { scopedSides } from './scope.js';
import type { Replicate, Side } from './side.js';

const haswell: Facts = {
  ...{ executor: 'stock-host', generation: 'Haswell-EP', uarch: 'haswell-ep', vendor: 'GenuineIntel' },
  ...{ 'cpu-name': 'E5-2630', cpuid: '6-63-2', cpus: '16', microcode: '0x49', virt: 'bare', governor: 'performance' },
  ...{ kernel: '6.1.0', 'kernel-series': '6.1', 'kernel-version': '1', 'command-line': 'quick', kpti: 'on' },
  ...{ 'mitigation.meltdown': 'Mitigation:-PTI', 'fact.pinnedCpu': '3' },
};
const zen: Facts = {
  ...haswell,
  ...{ generation: 'Zen-3', uarch: 'zen3', vendor: 'AuthenticAMD', 'cpu-name': 'EPYC', cpuid: '25-1-1', cpus: '128' },
  ...{ microcode: '0xa0', kpti: 'off', 'mitigation.meltdown': 'Not-affected', 'fact.pinnedCpu': '5' },
};

type Runs = readonly (readonly [host: string, facts: Facts])[];

function side(selector: string, runs: Runs): Side {
  return {
    ...{ selector, namesHosts: false, copies: 0, cut: false },
    runs: runs.map(([hostId, facts], i): Replicate => ({
      ...{ runId: `${selector}-${i}`, hostId, provenance: 'measured', facts, draw: null, noisy: false, endedAtMs: i },
      ...{ p50Cycles: 400, minCycles: 390, maxCycles: 900, tscKhz: 2_400_000, samples: 100 },
    })),
  };
}

function asked(a: [string, Runs], b: [string, Runs], more: { pool?: string[]; allow?: string[] } = {}) {
  const selectors = { a: a[0], b: b[0] };
  const found = confoundersOf(scopedSides(side(...a), side(...b)), { selectors, pool: [], allow: [], ...more });
  const standings = Object.fromEntries(found.differences.map(({ field, standing }) => [field, standing]));
  const mixed = Object.fromEntries(found.mixtures.map((one) => [`${one.side} ${one.field}`, one.standing]));
  return { standings, mixed, refused: found.refusals.map(({ field }) => field), refusals: found.refusals };
}

const x: Runs = [['x', haswell]];
const y = (changed: Partial<Record<string, string>>, facts = haswell): Runs => [
  ['y', { ...facts, ...changed } as Facts],
];

describe('in what sides differ', () => {
  it('is named where it is not what is compared, until it is allowed', () => {
    const [a, b] = [
      ['kpti=on', x],
      ['kpti=off', y({ kpti: 'off', microcode: '0x50' })],
    ] as [[string, Runs], [string, Runs]];
    const { standings, refused, refusals } = asked(a, b);
    expect(standings).toEqual({ kpti: 'compared', microcode: 'refused' });
    expect(refused).toEqual(['microcode']);
    expect(refusals[0]).toMatchObject({
      kind: 'differs',
      reason: 'a and b differ in microcode (0x49 against 0x50), which is not what is compared',
      remedy: expect.stringContaining('(--allow microcode)'),
    });
    expect(asked(a, b, { allow: ['microcode'] })).toMatchObject({
      standings: { kpti: 'compared', microcode: 'allowed' },
      refused: [],
    });
    // That a side may be mixed does not say that the sides may differ.
    expect(asked(a, b, { pool: ['microcode'] }).refused).toEqual(['microcode']);
  });

  it('follows from the CPU model where generations are compared', () => {
    const { standings, refused } = asked(['generation=Haswell-EP', x], ['generation=Zen-3', y({}, zen)]);
    expect(refused).toEqual([]);
    expect(standings).toMatchObject({
      ...{ generation: 'compared', 'cpu-name': 'implied', microcode: 'implied', cpus: 'implied' },
      ...{ kpti: 'implied', 'mitigation.meltdown': 'implied', 'fact.pinnedCpu': 'incidental' },
    });
  });

  it('does not follow from it where it could be set alike', () => {
    const b = y({ governor: 'powersave', kernel: '6.12.0', 'kernel-series': '6.12', 'kernel-version': '2' }, zen);
    expect(asked(['generation=Haswell-EP', x], ['generation=Zen-3', b]).refused).toEqual(['governor', 'kernel-series']);
    // KPTI off on a CPU that has Meltdown is somebody's choice.
    const vulnerable = y({ 'mitigation.meltdown': 'Vulnerable' }, zen);
    expect(asked(['generation=Haswell-EP', x], ['generation=Zen-3', vulnerable]).refused).toContain('kpti');
  });

  it('includes the CPU model when that is not compared, named once', () => {
    const a: Runs = [['x', haswell]];
    expect(asked(['rack=1', a], ['rack=2', y({}, zen)]).refused).toEqual(['generation']);
    expect(asked(['rack=1', a], ['rack=2', y({}, zen)], { allow: ['generation'] }).refused).toEqual([]);
    expect(asked(['host=x', a], ['host=y', y({}, zen)]).refused).toEqual([]);
    expect(asked(['rack=1', a], ['rack=2', y({ cpuid: '6-63-4', 'cpu-name': 'E5-2690' })]).refused).toEqual([
      'cpu-name',
    ]);
  });

  it('follows from the kernel where kernels are compared', () => {
    const b = y({ kernel: '6.12.0', 'kernel-series': '6.12', 'kernel-version': '2', 'mitigation.bhi': 'Vulnerable' });
    const { standings, refused } = asked(['kernel-series=6.1', x], ['kernel-series=6.12', b]);
    expect(refused).toEqual([]);
    expect(standings).toMatchObject({ 'kernel-series': 'compared', kernel: 'implied', 'mitigation.bhi': 'implied' });
  });

  it('counts what is known on one side only', () => {
    const { microcode: _, ...unread } = haswell;
    const { refusals } = asked(['rack=1', x], ['rack=2', [['y', unread]]]);
    expect(refusals[0]?.reason).toContain('(0x49 against not known)');
  });
});

describe('in what a side is mixed', () => {
  const both: Runs = [
    ['x', haswell],
    ['z', { ...haswell, microcode: '0x50' }],
  ];

  it('is named until it may be pooled', () => {
    expect(asked(['rack=1', both], ['rack=2', y({})])).toMatchObject({
      mixed: { 'a microcode': 'refused' },
      refused: ['microcode'],
    });
    const pooled = asked(['rack=1', both], ['rack=2', y({})], { pool: ['microcode'] });
    expect(pooled).toMatchObject({
      mixed: { 'a microcode': 'pooled' },
      standings: { microcode: 'allowed' },
      refused: [],
    });
  });

  it('is not the model of CPU where the selector names a kind, nor what belongs to each model', () => {
    const kinds: Runs = [
      ['x', haswell],
      ['z', { ...haswell, 'cpu-name': 'E5-2690', cpuid: '6-63-4', cpus: '24', microcode: '0x60' }],
    ];
    const { mixed, refused } = asked(['generation=Haswell-EP', kinds], ['generation=Zen-3', y({}, zen)]);
    expect(refused).toEqual([]);
    expect(mixed).toMatchObject({ 'a cpu-name': 'implied', 'a microcode': 'implied', 'a cpus': 'implied' });
    expect(asked(['rack=1', kinds], ['rack=2', y({})]).refused).toEqual(['cpu-name']);
  });

  it('does not matter between hosts that are each compared with themselves', () => {
    const fleet: Runs = [
      ['x', haswell],
      ['z', zen],
    ];
    expect(asked(['rack=1', fleet], ['rack=2', fleet])).toMatchObject({ mixed: {}, standings: {}, refused: [] });
    const updated: Runs = [
      ['x', haswell],
      ['z', { ...zen, microcode: '0xa1' }],
    ];
    expect(asked(['rack=1', fleet], ['rack=2', updated]).refused).toEqual(['microcode']);
  });

  it('never pools executors', () => {
    const mixed: Runs = [
      ['x', haswell],
      ['z', { ...haswell, executor: 'patched-host' }],
    ];
    expect(asked(['rack=1', mixed], ['rack=2', y({})], { pool: ['executor'] }).refusals).toMatchObject([
      { kind: 'executor', side: 'a' },
    ]);
  });
});

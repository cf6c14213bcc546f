import { describe, expect, it } from '@jest/globals';
import type { JobResultRow } from '#contracts';
import { resultsText } from './results.js';

const row = {
  hostId: 'sim-haswell-ep',
  generation: 'Haswell-EP',
  virtualization: 'bare' as const,
  bootStateHash: 'b0b0b0b0b0',
  kernel: '6.1.0-44-amd64',
  kpti: true,
  cpuModel: null,
  bootOptions: null,
  executor: 'simulator' as const,
  probe: 'pf' as const,
  metric: 'u2k' as const,
  provenance: 'simulated' as const,
  noise: null,
  noiseFloor: null,
  runs: 10,
  samples: 100_000,
  lost: 0,
  p5Cycles: 431.2,
  p50Cycles: 440,
  p99Cycles: 1201,
  stepCycles: null,
  p50Ns: 183.3,
};

describe('resultsText', () => {
  it('shows every figure of a row, with units and provenance', () => {
    const text = resultsText({ jobId: '', rows: [row], failures: [] });
    for (const part of [
      'Haswell-EP',
      'bare',
      'u2k',
      '100,000',
      '431',
      '440',
      '1,201',
      '183',
      'simulated',
      'TSC cycles',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('names the executor where there is more than one', () => {
    const text = (rows: JobResultRow[]) => resultsText({ jobId: '', rows, failures: [] });
    expect(text([row])).not.toContain('simulator');
    const both = text([row, { ...row, executor: 'stock-host' }]);
    expect(both).toContain('executor');
    expect(both).toContain('simulator');
    expect(both).toContain('stock-host');
  });

  it('says in one line that a host was noisy', () => {
    const noise = { verdict: 'noisy' as const, reasons: ['turbo on'], unknown: [], notSet: [] };
    const own = { ...row, hostId: 'me', noise };
    const text = resultsText({ jobId: '', rows: [row, own, { ...own, metric: 'k2u' }], failures: [] });
    expect(text.split('\n').filter((line) => line.includes('noisy'))).toEqual([
      '! me: noisy machine: turbo on (xf doctor there)',
    ]);
  });

  it('says what gave no result and what to do', () => {
    const failure = { code: 'compiler-missing', message: 'no cc', remedy: 'apt install gcc' };
    const text = resultsText({
      jobId: '',
      rows: [{ ...row, p50Ns: null }],
      failures: [
        { hostId: 'me', guest: null, probe: 'pf_rt', executor: 'stock-host', runs: 10, state: 'failed', failure },
      ],
    });
    expect(text).toContain('me: 10 pf_rt runs failed (compiler-missing): no cc\n  → apt install gcc');
    expect(text).toContain(' – ');
  });

  it('tells the cells of a matrix apart, and names the cell that gave no result', () => {
    const cell = { ...row, hostId: 'vm', kernel: '6.12.117-xperf-hook', cpuModel: 'default of QEMU' };
    const failure = { code: 'guest-panicked', message: 'it panicked', remedy: 'look' };
    const text = resultsText({
      jobId: '',
      rows: [
        cell,
        { ...cell, bootStateHash: 'b1', kpti: false, bootOptions: 'mitigations=off' },
        { ...cell, bootStateHash: 'b2', kernel: '6.1.150-xperf-hook', cpuModel: 'Haswell-noTSX' },
        { ...cell, bootStateHash: 'c3c3c3c3c3c3' },
      ],
      failures: [
        {
          ...{ hostId: 'vm', probe: 'pf', executor: 'vm', runs: 1, state: 'failed', failure },
          guest: { series: '6.12', kpti: true, bootOptions: 'mem=12M' },
        },
      ],
    });
    for (const part of [
      'boot',
      '6.12.117 KPTI off, mitigations=off',
      '6.1.150 KPTI on, Haswell-noTSX',
      '6.12.117 KPTI on #b0b0b0b0',
      '6.12.117 KPTI on #c3c3c3c3',
      'vm (6.12 KPTI on, mem=12M): 1 pf run failed (guest-panicked)',
    ]) {
      expect(text).toContain(part);
    }
    expect(resultsText({ jobId: '', rows: [row], failures: [] })).not.toContain('KPTI');
  });
});

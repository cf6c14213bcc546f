import { describe, expect, it } from '@jest/globals';
import type { RunDetail } from '#contracts';
import { rowsText } from './listing.js';
import { runsListing, runsText, runText } from './runs.js';

const id = '0192f0c1-2345-7abc-8def-0123456789ab';
const run: RunDetail = {
  ...{ runId: id, jobId: id, hostId: 'h1', executor: 'simulator', probe: 'pf', replicate: 0, guest: null },
  ...{ state: 'planned', attempt: 0, provenance: null, labels: null, bootStateHash: null, noise: null },
  ...{ queuedAt: null, startedAt: null, endedAt: null, faults: 1, samples: 0, lost: 0, rejected: 0, damagedLines: 0 },
  ...{
    overheadCycles: null,
    failure: null,
    parserVersion: null,
    results: [],
    gaps: [],
    bootState: null,
    evidence: null,
  },
  pinnedCpu: null,
  seed: null,
  annotations: [
    { labels: { ticket: 'T-1' }, by: 'key:local', at: '2026-11-22T18:00:00.000Z' },
    { labels: { keep: 'yes' }, note: 'door open', by: 'key:ci', at: '2026-11-22T19:00:00.000Z' },
  ],
};

describe('a run', () => {
  it('shows what was put on it, by whom', () => {
    expect(runText(run)).toMatch(/key:local: ticket=T-1\n.*key:ci: keep=yes door open$/);
  });

  it('is flagged where its host scatters above the limit, alone and in a list', () => {
    const cycles = {
      minCycles: 1,
      p5Cycles: 1,
      p25Cycles: 1,
      p50Cycles: 1.5,
      p75Cycles: 1,
      p95Cycles: 1,
      p99Cycles: 1,
    };
    const result = { samples: 1, invalid: 0, interrupted: 0, ...cycles, maxCycles: 1, meanCycles: 1, p50Ns: null };
    const noisy: RunDetail = {
      ...run,
      results: [
        { metric: 'u2k', ...result, noiseFloor: { floor: 0.041, grade: 'D' } },
        { metric: 'k2u', ...result, noiseFloor: { floor: 0.004, grade: 'A' } },
      ],
    };
    expect(runText(noisy)).toContain('! h1: its runs of u2k scatter by 4.1 % when nothing changes (noise grade D)');
    expect(runText(noisy)).not.toContain('runs of k2u scatter');
    expect(runsText([noisy, run])).toContain('D 4.1 %');
    // For programs each figure is a number of its own, with all that is known of it.
    const [head = '', line = ''] = rowsText(
      runsListing([{ ...noisy, results: noisy.results.slice(0, 1) }]),
      'csv',
    ).split('\n');
    const at = head.split(',').indexOf('u2k p25');
    expect(head.split(',').slice(at, at + 4)).toEqual(['u2k p25', 'u2k p50', 'u2k p75', 'k2u p25']);
    expect(line.split(',').slice(at, at + 4)).toEqual(['1', '1.5', '1', '']);
    expect(runsText([run])).not.toContain('noise');
  });

  it('says in a list what was measured and what was simulated', () => {
    const [head, ...rows] = runsText([
      { ...run, provenance: 'simulated' },
      { ...run, provenance: 'measured' },
      run,
    ]).split('\n');
    const column = head?.indexOf('provenance') ?? -1;
    expect(rows.map((row) => row.slice(column).split(' ')[0])).toEqual(['simulated', 'measured', '–']);
  });
});

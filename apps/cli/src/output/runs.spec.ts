import { describe, expect, it } from '@jest/globals';
import type { RunDetail } from '#contracts';
import { runText } from './runs.js';

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
  annotations: [
    { labels: { ticket: 'T-1' }, by: 'key:local', at: '2026-11-22T18:00:00.000Z' },
    { labels: { keep: 'yes' }, note: 'door open', by: 'key:ci', at: '2026-11-22T19:00:00.000Z' },
  ],
};

describe('a run', () => {
  it('shows what was put on it, by whom', () => {
    expect(runText(run)).toMatch(/key:local: ticket=T-1\n.*key:ci: keep=yes door open$/);
  });
});

import { describe, expect, it } from '@jest/globals';
import { resultsText } from './results.js';

const row = {
  hostId: 'sim-haswell-ep',
  generation: 'Haswell-EP',
  virtualization: 'bare' as const,
  executor: 'simulator' as const,
  probe: 'pf' as const,
  metric: 'u2k' as const,
  provenance: 'simulated' as const,
  runs: 10,
  samples: 100_000,
  lost: 0,
  p5Cycles: 431.2,
  p50Cycles: 440,
  p99Cycles: 1201,
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

  it('says what gave no result and what to do', () => {
    const failure = { code: 'compiler-missing', message: 'no cc', remedy: 'apt install gcc' };
    const text = resultsText({
      jobId: '',
      rows: [{ ...row, p50Ns: null }],
      failures: [{ hostId: 'me', probe: 'pf_rt', executor: 'stock-host', runs: 10, state: 'failed', failure }],
    });
    expect(text).toContain('me: 10 pf_rt runs failed (compiler-missing): no cc\n  → apt install gcc');
    expect(text).toContain(' – ');
  });
});

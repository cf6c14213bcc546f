import { describe, expect, it } from '@jest/globals';
import type { JobResults, JobView } from '#contracts';
import { reasonForFailure } from './result.js';

type Failure = JobResults['failures'][number];
const failed = (change: Partial<Failure>): Failure => ({
  hostId: 'me',
  guest: null,
  probe: 'pf_rt',
  executor: 'stock-host',
  runs: 10,
  state: 'failed',
  failure: { code: 'compiler-missing', message: 'none', remedy: 'install one' },
  ...change,
});

const reason = (outcome: JobView['outcome'], failures: Failure[]) =>
  reasonForFailure({
    job: { outcome, state: 'ended' } as JobView,
    results: { jobId: '', rows: [{}] as JobResults['rows'], failures },
  });

describe('reasonForFailure', () => {
  it('is content when all completed, and when only this machine could not be measured', () => {
    expect(reason('completed', [])).toBeNull();
    expect(reason('partial', [failed({}), failed({ probe: 'syscall_rt' })])).toBeNull();
  });

  it('names simulated runs that failed and measured ones that were given up', () => {
    const lost = failed({ hostId: 'sim-zen3', executor: 'simulator', failure: null });
    expect(reason('partial', [lost])).toContain('10 runs on sim-zen3 failed');
    expect(reason('partial', [failed({ state: 'abandoned', failure: null })])).toContain('10 runs on me abandoned');
    expect(reason('failed', [failed({})])).toContain('failed');
  });
});

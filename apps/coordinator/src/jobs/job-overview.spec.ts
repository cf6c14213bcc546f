import { describe, expect, it } from '@jest/globals';
import type { JobResultRow, JobResults } from '#contracts';
import { jobOverview } from './job-overview.js';

const jobId = '0192f0c1-2345-7abc-8def-0123456789ab';

function row(hostId: string, p50Cycles: number, over: Partial<JobResultRow> = {}): JobResultRow {
  return {
    hostId,
    generation: 'Zen3',
    virtualization: 'bare',
    bootStateHash: 'b0',
    kernel: '6.1.0',
    kpti: false,
    cpuModel: null,
    bootOptions: null,
    executor: 'simulator',
    probe: 'pf',
    metric: 'u2k',
    provenance: 'simulated',
    noise: null,
    noiseFloor: null,
    runs: 2,
    samples: 10,
    lost: 1,
    p5Cycles: p50Cycles - 10,
    p50Cycles,
    p99Cycles: p50Cycles + 10,
    p50Ns: p50Cycles / 2.4,
    stepCycles: 2,
    ...over,
  };
}

const overview = (rows: JobResultRow[], failures: JobResults['failures'] = []) =>
  jobOverview({ jobId, rows, failures });
const hosts = (medians: readonly number[]) => medians.map((p50, at) => row(`h${at}`, p50));

describe('the overview of a job', () => {
  it('is one line for hosts that have all else in common, each with the same weight', () => {
    const { groups, rows } = overview([...hosts([400, 410, 420]), row('h2', 300, { metric: 'k2u' })]);
    expect(rows).toBe(4);
    expect(groups).toHaveLength(2);
    expect(groups[0]).toMatchObject({ metric: 'u2k', hosts: 3, runs: 6, samples: 30, lost: 3, p50Cycles: 410 });
    expect(groups[0]?.lowestRatio).toBeCloseTo(400 / 410);
    expect(groups[0]?.highestRatio).toBeCloseTo(420 / 410);
  });

  it.each(['provenance', 'generation', 'virtualization', 'kernel', 'executor', 'cpuModel', 'bootOptions'] as const)(
    'keeps hosts of different %s apart',
    (field) => {
      const other = {
        [field]:
          field === 'virtualization'
            ? 'vm'
            : field === 'provenance'
              ? 'emulated'
              : field === 'executor'
                ? 'vm'
                : 'other',
      };
      expect(overview([row('h1', 400), row('h2', 400, other)]).groups).toHaveLength(2);
    },
  );

  it('names the hosts that lie far from the rest, the farthest first, and how many there are', () => {
    const close = Array.from({ length: 20 }, (_, at) => 400 + (at % 5));
    const { groups } = overview(hosts([...close, 440, 300, 480, 470, 402]));
    expect(groups[0]?.odd.map(({ hostId }) => hostId)).toEqual(['h21', 'h22', 'h23']);
    expect(groups[0]?.oddHosts).toBe(4);
    expect(groups[0]?.odd[0]?.ratio).toBeCloseTo(300 / 402);
  });

  it('calls nobody odd among four hosts, nor for less than a percent among many alike', () => {
    expect(overview(hosts([400, 400, 400, 500])).groups[0]?.oddHosts).toBe(0);
    expect(overview(hosts([400, 400, 400, 400, 400, 403])).groups[0]?.oddHosts).toBe(0);
    expect(overview(hosts([400, 400, 400, 400, 400, 405])).groups[0]?.oddHosts).toBe(1);
  });

  it('calls nobody odd for one step of a coarse clock', () => {
    const coarse = [275, 275, 275, 275, 300, 250, 325].map((p50, at) => row(`h${at}`, p50, { stepCycles: 25 }));
    expect(overview(coarse).groups[0]).toMatchObject({ oddHosts: 1, odd: [{ hostId: 'h6' }] });
  });

  it('gives no cycles of clocks that tick at different rates, and tells odd hosts by nanoseconds', () => {
    const slow = [1, 2, 3, 4].map((at) => row(`h${at}`, 400));
    const fast = [5, 6].map((at) => row(`h${at}`, 500, { p50Ns: 400 / 2.4 }));
    const [group] = overview([...slow, ...fast]).groups;
    expect(group).toMatchObject({ p50Cycles: null, p99Cycles: null, oddHosts: 0, lowestRatio: 1, highestRatio: 1 });
    expect(group?.p50Ns).toBeCloseTo(400 / 2.4);
  });

  it('does not take for granted that clocks of unknown rates are alike', () => {
    const unknown = { p50Ns: null };
    expect(overview([row('h1', 400, unknown), row('h2', 410, unknown)]).groups[0]?.p50Cycles).toBeNull();
    expect(overview([row('h1', 400, unknown)]).groups[0]?.p50Cycles).toBe(400);
  });

  it('has one line for each reason of failure, that of most runs first', () => {
    const failure = { code: 'compiler-missing' as const, message: 'no gcc on h0', remedy: 'apt install gcc' };
    const failed = ['h0', 'h1', 'h2', 'h3', 'h3'].map((hostId) => ({
      ...{ hostId, guest: null, probe: 'pf_rt' as const, executor: 'stock-host' as const, runs: 2 },
      ...{ state: 'failed' as const, failure },
    }));
    const lost = { ...failed[0]!, state: 'abandoned' as const, failure: null, runs: 1 };
    expect(overview([], [lost, ...failed]).failures).toMatchObject([
      { state: 'failed', runs: 10, hosts: 4, hostIds: ['h0', 'h1', 'h2'], failure },
      { state: 'abandoned', runs: 1, hosts: 1, failure: null },
    ]);
  });
});

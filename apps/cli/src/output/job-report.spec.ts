import { describe, expect, it } from '@jest/globals';
import type { JobGroup, JobOverview, JobView } from '#contracts';
import { noColours } from './colours.js';
import { jobReportText } from './job-report.js';

const jobId = '0192f0c1-2345-7abc-8def-0123456789ab';
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `rack-${i}-machine-of-the-lab-${i}`);
const job: JobView = {
  jobId,
  ...{ state: 'ended', outcome: 'partial', submittedBy: 'key:nightly schedule', correlationId: jobId },
  ...{ submittedAt: '2026-11-22T18:00:00.000Z', endedAt: '2026-11-22T19:00:00.000Z', samples: 1e9, lost: 12 },
  spec: {
    ...{ name: 'every night on all of the machines of the lab', hosts: names(300), faults: 10_000, warmup: 1_000 },
    ...{ runsPerHost: 10, order: 'interleaved', timeoutMs: 60_000, priority: 'normal', seed: 1 },
  },
  labels: { team: 'kernel', ticket: 'OPS-7' },
  runs: { planned: 0, queued: 0, started: 0, completed: 2_900, failed: 90, abandoned: 10, total: 3_000 },
};
const hosts = names(3);
const group = (i: number): JobGroup => ({
  ...{ generation: `Sapphire Rapids ${i}`, virtualization: i % 2 === 0 ? 'bare' : 'vm', kernel: `6.12.${i}-lab` },
  ...{ kpti: i % 3 === 0, cpuModel: null, bootOptions: null, executor: i % 2 === 0 ? 'stock-host' : 'vm', probe: 'pf' },
  ...{
    metric: 'u2k',
    provenance: i % 2 === 0 ? 'measured' : 'emulated',
    runs: 600,
    samples: 6_000,
    lost: 1,
    hosts: 300,
  },
  ...{ p50Cycles: 1_425, p99Cycles: 1_450, p50Ns: 1_173.4, lowestRatio: 0.97, highestRatio: 1.2, oddHosts: 9 },
  ...{ odd: hosts.map((hostId) => ({ hostId, p50Cycles: 1, p50Ns: 1, ratio: 1.2 })), noisyHosts: 3, flaggedHosts: 2 },
});
const failure = { code: 'compiler-missing', message: 'no gcc '.repeat(200), remedy: 'apt '.repeat(200) } as const;
const overview: JobOverview = {
  ...{ jobId, rows: 6_000, failureRows: 90, groups: Array.from({ length: 60 }, (_, i) => group(i)) },
  failures: Array.from({ length: 9 }, (_, i) => ({
    ...{ probe: 'pf', executor: 'vm', state: 'failed', failure, runs: 10 - i, hosts: 10, hostIds: hosts },
  })),
};

describe('the result of a job of 300 hosts', () => {
  const look = { wide: false, width: 80, paint: noColours };
  const text = jobReportText({ job, overview, comparisons: [] }, look);

  it('has under 60 lines of 80 columns, whatever varies in it and fails', () => {
    const lines = text.split('\n');
    expect(lines.length).toBeLessThan(60);
    expect(lines.filter((line) => line.trimEnd().length > 80)).toEqual([]);
  });

  it('says of everything that it leaves out how to see it', () => {
    expect(text.replaceAll(/\n */g, ' ')).toContain('rack-2-machine-of-the-lab-2 and 297 more; 10,000 faults');
    expect(text).toContain('… 44 lines more: -o wide');
    expect(text).toContain('more failed for 7 other reasons: -o wide');
    expect(text).toContain(`xf jobs ${jobId.slice(-12)} --all`);
  });

  it('has all of it with -o wide', () => {
    const wide = jobReportText({ job, overview, comparisons: [] }, { ...look, wide: true });
    expect(wide.match(/^Sapphire Rapids /gm)).toHaveLength(60);
    expect(wide).not.toMatch(/-o wide/);
  });
});

import { describe, expect, it } from '@jest/globals';
import { compareQuerySchema } from '#contracts';
import { simulateSamples } from '#entry-sim';
import { jobSeed, runSeed } from '#lifecycle';
import { summarize } from '#stats';
import { withoutCopies } from './copies.js';
import { judge } from './judge.js';
import type { Replicate, Side } from './side.js';

const machine = 'haswell-ep';
const faults = 101;
const query = compareQuerySchema.parse({ a: 'host=h1', b: 'host=h2', metric: 'u2k' });

const medians = new Map<number, number>();

/** Median u2k of the run that this seed gives. */
function medianOf(seed: number): number {
  const known = medians.get(seed) ?? summarize(simulateSamples({ machine, faults, warmup: 0, seed }).u2k)?.p50 ?? NaN;
  medians.set(seed, known);
  return known;
}

/** The runs of one job on one of two hosts, which are the same simulated machine. */
function runsOf(job: string, seed: number, hostId: string): Replicate[] {
  return Array.from({ length: 10 }, (_, replicate) => {
    const drawn = runSeed(seed, hostId, 'pf', replicate);
    const run = {
      runId: `${job}-${hostId}-${replicate}`,
      hostId,
      provenance: 'simulated',
      facts: { executor: 'simulator', virt: 'bare', kpti: 'off' },
      noisy: false,
    } as const;
    const boot = { tscKhz: 2_300_000 };
    const extremes = { minCycles: 1, maxCycles: 2, endedAtMs: replicate };
    return { ...run, ...boot, ...extremes, draw: `${machine}/${drawn}`, p50Cycles: medianOf(drawn), samples: faults };
  });
}

/** Ten jobs, each submitted with the seed that `seedOf` gives it. */
function sideOf(hostId: string, trial: number, seedOf: (job: string) => number): Side {
  const jobs = Array.from({ length: 10 }, (_, at) => `trial-${trial}-job-${at}`);
  const all = jobs.flatMap((job) => runsOf(job, seedOf(job), hostId));
  const runs = withoutCopies(all);
  return { selector: `host=${hostId}`, namesHosts: true, runs, copies: all.length - runs.length, cut: false };
}

/** Share of A/A comparisons whose interval excludes 1. */
function falseAlarms(seedOf: (job: string, trial: number) => number): number {
  const trials = Array.from({ length: 30 }, (_, trial) => {
    const side = (hostId: string) => sideOf(hostId, trial, (job) => seedOf(job, trial));
    const { interval } = judge(query, side('h1'), side('h2'));
    return interval !== null && (interval.low > 1 || interval.high < 1);
  });
  return trials.filter(Boolean).length / trials.length;
}

describe('the same job submitted ten times', () => {
  // At a stated 5 %, 30 honest trials give more than 20 % about once in 1,000; the seeds are fixed.
  it('finds no differences between like hosts when each job has a seed of its own', () => {
    expect(falseAlarms((job) => jobSeed(job))).toBeLessThanOrEqual(0.2);
  });

  it('nor when all were given the same seed, because their copies count once', () => {
    expect(falseAlarms((_, trial) => trial)).toBeLessThanOrEqual(0.2);
    const side = sideOf('h1', 0, () => 7);
    expect(side).toMatchObject({ copies: 90 });
    expect(side.runs).toHaveLength(10);
  });

  it('keeps runs that are measured, and simulated ones of other machines, whatever their seed', () => {
    const [run] = runsOf('job', 7, 'h1');
    const measured = { ...run, provenance: 'measured', draw: null } as Replicate;
    expect(withoutCopies([measured, measured])).toHaveLength(2);
    expect(withoutCopies([run, { ...run, draw: `zen3/${run?.draw}` }] as Replicate[])).toHaveLength(2);
  });
});

import type { JobSpecInput } from '#contracts';
import { Dice } from './dice.js';

/** A simulated host and the worker process that serves it. */
export interface ChaosHost {
  hostId: string;
  /** Key of the simulated machine. */
  machine: string;
  worker: string;
}

/** One with a coarse TSC, one nested guest, one with KPTI, one plain: their texts differ in form and width. */
const machines = ['haswell-ep', 'zen3', 'skylake-sp', 'haswell-ep-vm'] as const;

export function chaosHosts(workers: number, hostsPerWorker: number): ChaosHost[] {
  return Array.from({ length: workers * hostsPerWorker }, (_, index) => ({
    hostId: `h${index + 1}`,
    machine: machines[index % machines.length] ?? machines[0],
    worker: `worker-${(index % workers) + 1}`,
  }));
}

export interface PlannedJob {
  atMs: number;
  spec: JobSpecInput;
  /** Cancelled so long after it was submitted; null: left alone. */
  cancelAfterMs: number | null;
}

/** From one submission to the next, ms, and how much work each brings: about as much as the fleet does meanwhile. */
const everyMs = 6_000;
const cancelledShare = 0.15;

/** What is submitted while the faults go on. */
export function drawJobs(seed: number, windowMs: number): PlannedJob[] {
  const dice = new Dice(seed, 'jobs');
  const jobs: PlannedJob[] = [];
  for (let atMs = 0; atMs < windowMs; atMs += everyMs) {
    const spec: JobSpecInput = {
      name: `chaos ${seed}, ${jobs.length + 1}`,
      selector: '*',
      runsPerHost: dice.between(2, 4),
      faults: dice.pick([500, 10_000, 20_000, 40_000]),
      warmup: dice.between(0, 100),
      order: dice.pick(['interleaved', 'shuffled', 'sequential']),
      priority: dice.pick(['high', 'normal', 'low']),
      seed: dice.between(0, 0xffff_ffff),
    };
    jobs.push({ atMs, spec, cancelAfterMs: dice.share() < cancelledShare ? dice.between(200, 4_000) : null });
  }
  return jobs;
}

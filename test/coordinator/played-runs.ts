// Plays the workers' part (and the reconciler's, where it has not acted yet) on a coordinator under test.
import { jobStream, type JobView, type PlannedRun, runStream } from '#contracts';
import { type PrismaClient, readStream, WrongExpectedVersionError } from '#event-store';
import { runSeed } from '#lifecycle';
import { measure, tellJob, tellRun } from '../fleet/story.js';
import type { CoordinatorUnderTest } from './coordinator-under-test.js';

/** The reconciler writes to the same streams; who comes second looks again. */
async function settled(act: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
    }
  }
}

/** The runs that a job planned, in their order. */
export async function planOf(db: PrismaClient, jobId: string): Promise<PlannedRun[]> {
  const [submitted] = await readStream(db, jobStream(jobId));
  if (submitted?.type !== 'JobSubmitted') throw new Error(`job ${jobId} was not submitted`);
  return submitted.data.plan;
}

/** Queues a planned run's first attempt unless that has happened. */
export function queueRun(db: PrismaClient, { jobId, spec }: JobView, run: PlannedRun): Promise<void> {
  const { faults, warmup, timeoutMs, priority } = spec;
  const seed = runSeed(spec.seed, run.hostId, run.probe, run.replicate);
  const request = { ...run, jobId, attempt: 1, faults, warmup, timeoutMs, priority, seed };
  return settled(() => tellRun(db, run.runId, { type: 'queue', request }));
}

/** Says that every run of a job has completed, unless that has happened. */
export function completeJob(db: PrismaClient, jobId: string, runs: number): Promise<void> {
  return settled(() => tellJob(db, jobId, { type: 'complete', runs: { completed: runs, failed: 0, abandoned: 0 } }));
}

/** Lets every run of a job complete, each with `faults` samples of which the lowest u2k is `base(run)`, and the job end. */
export async function measureJob(
  fleet: CoordinatorUnderTest,
  job: JobView,
  base: (run: PlannedRun) => number = () => 300,
  generation: (run: PlannedRun) => string = () => 'Haswell-EP',
): Promise<PlannedRun[]> {
  const plan = await planOf(fleet.db, job.jobId);
  for (const run of plan) {
    await queueRun(fleet.db, job, run);
    await measure(fleet.db, run.runId, 1, { faults: job.spec.faults, base: base(run), generation: generation(run) });
  }
  await fleet.readModelHas(...plan.map((run) => runStream(run.runId)));
  await completeJob(fleet.db, job.jobId, plan.length);
  await fleet.readModelHas(jobStream(job.jobId));
  return plan;
}

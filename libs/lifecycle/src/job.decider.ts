import {
  type AcceptedJobSpec,
  type EventData,
  isEventOf,
  type JobEvent,
  jobStream,
  type PlannedRun,
  type SkippedHosts,
} from '#contracts';
import type { Decider } from './decider.js';
import { Refused } from './refused.js';

/** How many runs of a job ended in which way. */
export type RunTally = EventData<'JobCompleted'>['runs'];
export type JobOutcome = EventData<'JobCompleted'>['outcome'];

/** A job as its own events tell it. Its runs have streams of their own. */
export type Job =
  | { state: 'new' }
  | { state: 'running' | 'cancelling'; jobId: string; bodyHash: string; runsTotal: number }
  | { state: 'ended'; jobId: string; bodyHash: string; outcome: JobOutcome };

export type JobCommand =
  | {
      type: 'submit';
      jobId: string;
      spec: AcceptedJobSpec;
      plan: PlannedRun[];
      bodyHash: string;
      /** Hosts that were left out because of their state. */
      skipped?: SkippedHosts[];
    }
  | { type: 'cancel'; reason: string }
  /** Every run has ended, this is how. Idempotent: repeating it on an ended job changes nothing. */
  | { type: 'complete'; runs: RunTally };

/** A cancelled job whose runs had all completed before the word reached them did complete. */
function outcomeOf(runs: RunTally, cancelling: boolean): JobOutcome {
  if (runs.failed + runs.abandoned === 0) return 'completed';
  if (cancelling) return 'cancelled';
  return runs.completed === 0 ? 'failed' : 'partial';
}

function submit(command: Extract<JobCommand, { type: 'submit' }>, job: Job): JobEvent[] {
  if (job.state === 'new') {
    const { jobId, spec, plan, bodyHash, skipped = [] } = command;
    const left = skipped.length === 0 ? {} : { skipped };
    return [{ type: 'JobSubmitted', data: { jobId, spec, plan, bodyHash, ...left } }];
  }
  if (job.bodyHash === command.bodyHash) return [];
  throw new Refused('body-differs', `job ${job.jobId} was submitted before with another body under this key`);
}

function complete(runs: RunTally, job: Exclude<Job, { state: 'new' }>): JobEvent[] {
  if (job.state === 'ended') return [];
  const ended = runs.completed + runs.failed + runs.abandoned;
  if (ended !== job.runsTotal) {
    throw new Refused('runs-open', `${ended} of ${job.runsTotal} runs of job ${job.jobId} have ended`);
  }
  const outcome = outcomeOf(runs, job.state === 'cancelling');
  return [{ type: 'JobCompleted', data: { jobId: job.jobId, outcome, runs } }];
}

/** @throws Refused when the job's state does not allow the command. */
function decide(command: JobCommand, job: Job): JobEvent[] {
  if (command.type === 'submit') return submit(command, job);
  if (job.state === 'new') throw new Refused('unknown-job', 'there is no such job');
  if (command.type === 'complete') return complete(command.runs, job);
  switch (job.state) {
    case 'running':
      return [{ type: 'JobCancelled', data: { jobId: job.jobId, reason: command.reason } }];
    case 'cancelling':
      return [];
    case 'ended':
      throw new Refused('job-ended', `job ${job.jobId} has ended already (${job.outcome})`);
  }
}

/** @throws Error when the events can't follow each other: the stream is broken. */
function evolve(job: Job, event: JobEvent): Job {
  if (event.type === 'JobSubmitted') {
    const { jobId, bodyHash, plan } = event.data;
    return { state: 'running', jobId, bodyHash, runsTotal: plan.length };
  }
  if (job.state === 'new') throw new Error(`the job's stream is broken: ${event.type} before JobSubmitted`);
  if (event.type === 'JobCompleted') {
    return { state: 'ended', jobId: job.jobId, bodyHash: job.bodyHash, outcome: event.data.outcome };
  }
  return job.state === 'running' ? { ...job, state: 'cancelling' } : job;
}

export const jobDecider: Decider<Job, JobCommand, JobEvent> = {
  stream: jobStream,
  initial: { state: 'new' },
  owns: (event) => isEventOf('job', event),
  evolve,
  decide,
};

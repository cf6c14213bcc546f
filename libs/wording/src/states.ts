import type { JobView, RunState, RunView } from '#contracts';
import { count, counted } from './figures.js';

type Runs = JobView['runs'];

/** `on`, `off`, or that it is not known. */
export const onOff = (state: boolean | null): string => (state === null ? 'unknown' : state ? 'on' : 'off');

/** What each state of a run means, in the order of its life. */
export const runStates: Readonly<Record<RunState, string>> = {
  planned: 'not on its host’s queue yet',
  queued: 'on its host’s queue, for its next attempt',
  started: 'a worker carries out its latest attempt',
  completed: 'every fault is accounted for: as a sample, lost or rejected',
  failed: 'it can’t give a result, and another attempt would not either',
  abandoned: 'given up after its last attempt, or because its job was cancelled',
};

/** What each state of a job means, and each outcome that an ended one has. */
export const jobStates: Readonly<Record<JobView['state'] | NonNullable<JobView['outcome']>, string>> = {
  running: 'some of its runs have not ended',
  cancelling: 'nothing more is queued; started runs are being stopped',
  ended: 'every run has ended',
  completed: 'every run completed',
  partial: 'some runs completed, others did not',
  failed: 'no run completed',
  cancelled: 'it was cancelled, and some run did not complete',
};

/** A job's state in one word: how it ended, once it has. */
export const jobStateName = ({ state, outcome }: Pick<JobView, 'state' | 'outcome'>): keyof typeof jobStates =>
  outcome ?? state;

/** A run's state, with the reason where it gave no result: `failed (compiler-missing)`. */
export const runStateText = ({ state, failure }: Pick<RunView, 'state' | 'failure'>): string =>
  failure === null ? state : `${state} (${failure.code})`;

/** `attempt 2`; 0 is a run that none has taken. */
export const attemptText = (attempt: number): string => (attempt === 0 ? 'not attempted yet' : `attempt ${attempt}`);

/** A host's last heartbeat where there was none. */
export const neverSeen = 'never';

/** Runs that have ended, whatever came of them. */
export const endedRuns = ({ completed, failed, abandoned }: Runs): number => completed + failed + abandoned;

/** Runs of which nothing came. */
export const failedRuns = ({ failed, abandoned }: Runs): number => failed + abandoned;

/** `8 completed, 1 failed, 1 abandoned`: those states that some run is in, ended ones first. */
export function runsByState(runs: Runs): string {
  const order = ['completed', 'failed', 'abandoned', 'started', 'queued', 'planned'] as const;
  const present = order.filter((state) => runs[state] > 0).map((state) => `${count(runs[state])} ${state}`);
  return present.join(', ') || counted(0, 'run');
}

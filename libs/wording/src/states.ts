import type { HostState, JobView, RunState, RunView, SkippedView, WaitsFor } from '#contracts';
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

/** What each state of a host means. */
export const hostStates: Readonly<Record<HostState, string>> = {
  online: 'its worker is heard of',
  silent: 'its worker has missed three heartbeats; its runs wait',
  never: 'no worker of it was ever heard of: it was imported, or is one of a demo',
  draining: 'it takes no new runs; the one under way ends',
  quarantined: 'it takes no runs until somebody releases it',
  removed: 'it is gone: no selector of a job finds it; its history stays',
};

/** A host's state where it stands by itself. */
export const hostStateName = (state: HostState): string => (state === 'never' ? 'never heard of' : state);

const hostsInState = (state: HostState, hosts: number): string =>
  state === 'never' ? `${counted(hosts, 'host')} without a worker` : counted(hosts, `${state} host`);

/** The first of some names, and how many there are. */
const firstOf = (names: readonly string[], all: number): string =>
  names.join(', ') + (all > names.length ? ` and ${count(all - names.length)} more` : '');

/**
 * Why runs don't begin: `12 runs wait for 3 silent hosts: r7-h1 since 10:02, …`.
 *
 * @param time how a moment is written
 */
export function waitsForText({ state, hosts, runs, named }: WaitsFor, time: (at: string) => string): string {
  const names = named.map(({ hostId, since, reason }) => {
    const when = since === null ? '' : ` since ${time(since)}`;
    return `${hostId}${when}${reason === null ? '' : ` (${reason})`}`;
  });
  return `${counted(runs, 'run')} ${runs === 1 ? 'waits' : 'wait'} for ${hostsInState(state, hosts)}: ${firstOf(names, hosts)}`;
}

/** Hosts that a job left out: `2 quarantined hosts left out: r7-h3, r7-h4`. */
export const skippedText = ({ state, hosts, hostIds }: SkippedView): string =>
  `${hostsInState(state, hosts)} left out: ${firstOf(hostIds, hosts)}`;

/** Whether nothing of a job moves, because every run that is left waits for a host. */
export function isHeldUp({ runs, waitsFor = [] }: Pick<JobView, 'runs' | 'waitsFor'>): boolean {
  const waiting = waitsFor.reduce((sum, one) => sum + one.runs, 0);
  return waiting > 0 && runs.started === 0 && waiting >= runs.planned + runs.queued;
}

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

import {
  limits,
  evidenced,
  isEventOf,
  provenanceFits,
  type AbandonReason,
  type EventData,
  type EventType,
  type Failure,
  type RunEvent,
  runStream,
} from '#contracts';
import type { Decider } from './decider.js';
import { attemptOf, evolveRun, newRun, type Run, type RunRequest } from './run.js';
import { Refused } from './refused.js';

type Started = Extract<Run, { state: 'started' }>;
/** An event's data without what the decider adds. */
type Content<T extends EventType, Added extends string = never> = Omit<EventData<T>, 'runId' | 'attempt' | Added>;

/** Commands of the coordinator: where the run has moved on, they change nothing. */
export type CoordinatorRunCommand =
  /** Queue the run for the first time, or again after a lapse. */
  | { type: 'queue'; request: RunRequest }
  /** The attempt's lease ran out. `cancelled`: its job is being cancelled, so it is not tried again. */
  | { type: 'expire'; attempt: number; cancelled: boolean }
  /** The job is being cancelled, or the host was removed. A started attempt is left to its worker, which learns it from the heartbeat's answer. */
  | { type: 'cancel'; runId: string; reason?: Extract<AbandonReason, 'cancelled' | 'host-removed'> }
  /** A later parser has read the log of the attempt that ended the run. */
  | { type: 'rederive'; data: EventData<'RunRederived'> };

/** Commands of a worker, each for one attempt: refused as `stale-attempt` unless it is the one that may write. */
export type WorkerRunCommand =
  | { type: 'start'; attempt: number; data: Content<'RunStarted', 'bootState'> }
  /** The batch's number is counted from what was recorded. */
  | { type: 'record'; attempt: number; data: Content<'CrossingSamplesRecorded', 'batch'> }
  | { type: 'observeGap'; attempt: number; data: Content<'KernelLogGapObserved'> }
  /** Samples and batches are counted from what was recorded. samples + lost + rejected must be the faults. */
  | { type: 'complete'; attempt: number; data: Content<'RunCompleted', 'samples' | 'batches'> }
  | { type: 'fail'; attempt: number; failure: Failure; parserVersion: number }
  | { type: 'abandon'; attempt: number; reason: Extract<AbandonReason, 'worker-stopped' | 'cancelled'> };

export type RunCommand = CoordinatorRunCommand | WorkerRunCommand;

/** Gives an attempt up; the next one is queued in the same append, while there is one left. */
function giveUp(request: RunRequest, reason: AbandonReason): RunEvent[] {
  const { runId, attempt } = request;
  const final = reason === 'cancelled' || attempt >= limits.attemptsPerRun;
  const abandoned: RunEvent = { type: 'RunAbandoned', data: { runId, attempt, reason, final } };
  return final ? [abandoned] : [abandoned, { type: 'RunQueued', data: { ...request, attempt: attempt + 1 } }];
}

function queue(request: RunRequest, run: Run): RunEvent[] {
  if (run.state === 'planned') return [{ type: 'RunQueued', data: { ...request, attempt: 1 } }];
  if (run.state !== 'lapsed') return [];
  const { runId, attempt } = run.request;
  if (attempt < limits.attemptsPerRun) return [{ type: 'RunQueued', data: { ...run.request, attempt: attempt + 1 } }];
  return [{ type: 'RunAbandoned', data: { runId, attempt, reason: 'attempts-exhausted', final: true } }];
}

function cancel(
  { runId, reason = 'cancelled' }: Extract<CoordinatorRunCommand, { type: 'cancel' }>,
  run: Run,
): RunEvent[] {
  if (run.state !== 'planned' && run.state !== 'queued' && run.state !== 'lapsed') return [];
  return [{ type: 'RunAbandoned', data: { runId, attempt: attemptOf(run), reason, final: true } }];
}

/**
 * Only where no attempt can write any more: the event moves the stream on, and with it the fence of whoever writes. An
 * attempt's reading is replaced by that of a later parser only, so the same one twice changes nothing, and only where the
 * reading that it was compared with still counts.
 */
function rederive(data: EventData<'RunRederived'>, run: Run): RunEvent[] {
  if (run.state !== 'completed' && run.state !== 'failed') return [];
  if (run.attempt !== data.attempt || run.parserVersion !== data.before.parserVersion) return [];
  if (run.parserVersion >= data.after.parserVersion) return [];
  return [{ type: 'RunRederived', data }];
}

function stale(command: WorkerRunCommand, run: Run): Refused {
  return new Refused(
    'stale-attempt',
    `attempt ${command.attempt} can't ${command.type}: the run is ${run.state} at attempt ${attemptOf(run)}`,
  );
}

function complete(data: Content<'RunCompleted', 'samples' | 'batches'>, run: Started): RunEvent {
  const { runId, attempt } = run.request;
  const { batches, samples } = run.recorded;
  const { faults, lost, rejected } = data;
  if (samples + lost + rejected !== faults) {
    throw new Error(`${samples} samples + ${lost} lost + ${rejected} rejected are not the ${faults} faults asked for`);
  }
  return { type: 'RunCompleted', data: { runId, attempt, ...data, samples, batches } };
}

function work(command: Exclude<WorkerRunCommand, { type: 'start' }>, run: Started): RunEvent[] {
  const { runId, attempt } = run.request;
  switch (command.type) {
    case 'record': {
      const batch = run.recorded.batches;
      return [{ type: 'CrossingSamplesRecorded', data: { runId, attempt, ...command.data, batch } }];
    }
    case 'observeGap':
      return [{ type: 'KernelLogGapObserved', data: { runId, attempt, ...command.data } }];
    case 'complete':
      return [complete(command.data, run)];
    case 'fail':
      return [
        { type: 'RunFailed', data: { runId, attempt, failure: command.failure, parserVersion: command.parserVersion } },
      ];
    case 'abandon':
      return giveUp(run.request, command.reason);
  }
}

function decideForWorker(command: WorkerRunCommand, run: Run): RunEvent[] {
  if (attemptOf(run) !== command.attempt) throw stale(command, run);
  if (command.type === 'start') {
    if (run.state !== 'queued') throw stale(command, run);
    const { runId, attempt, executor } = run.request;
    const { provenance, evidence } = command.data;
    if (evidenced(provenance, evidence) !== provenance) throw new Error('a run is measured only with evidence of it');
    if (!provenanceFits(executor, provenance)) throw new Error(`figures of ${executor} can't be ${provenance}`);
    return [{ type: 'RunStarted', data: { runId, attempt, ...command.data } }];
  }
  if (run.state !== 'started') throw stale(command, run);
  return work(command, run);
}

/**
 * What a command makes of a run.
 *
 * @throws Refused (`stale-attempt`) for a worker's command of an attempt that may not write: drop what it brings.
 * @throws Error when a completed attempt's counts don't add up, which is a fault of the program.
 */
function decide(command: RunCommand, run: Run): RunEvent[] {
  switch (command.type) {
    case 'queue':
      return queue(command.request, run);
    case 'cancel':
      return cancel(command, run);
    case 'rederive':
      return rederive(command.data, run);
    case 'expire':
      if (run.state !== 'started' || run.request.attempt !== command.attempt) return [];
      return giveUp(run.request, command.cancelled ? 'cancelled' : 'lease-expired');
    case 'start':
    case 'record':
    case 'observeGap':
    case 'complete':
    case 'fail':
    case 'abandon':
      return decideForWorker(command, run);
  }
}

export const runDecider: Decider<Run, RunCommand, RunEvent> = {
  stream: runStream,
  initial: newRun,
  owns: (event) => isEventOf('run', event),
  evolve: evolveRun,
  decide,
};

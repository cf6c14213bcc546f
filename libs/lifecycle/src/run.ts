import type { EventData, RunEvent } from '#contracts';

/** What is to be measured, as RunQueued carries it; `attempt` is the latest one. */
export type RunRequest = EventData<'RunQueued'>;

/**
 * A run as its events tell it.
 * `lapsed`: the attempt was given up and the next is not queued yet. Deciders append both at once, so this is seen
 * only when another release wrote the stream; it is handled, not assumed away.
 */
export type Run =
  | { state: 'planned' }
  | { state: 'queued' | 'lapsed'; request: RunRequest }
  | { state: 'started'; request: RunRequest; workerId: string; recorded: { batches: number; samples: number } }
  | { state: 'completed' | 'failed'; attempt: number; parserVersion: number }
  | { state: 'abandoned'; attempt: number };

export const newRun: Run = { state: 'planned' };

/** The latest attempt, 0 before the first. */
export function attemptOf(run: Run): number {
  switch (run.state) {
    case 'planned':
      return 0;
    case 'queued':
    case 'lapsed':
    case 'started':
      return run.request.attempt;
    case 'completed':
    case 'failed':
    case 'abandoned':
      return run.attempt;
  }
}

function abandoned(run: Run, event: Extract<RunEvent, { type: 'RunAbandoned' }>): Run {
  if (event.data.final) return { state: 'abandoned', attempt: event.data.attempt };
  if (run.state !== 'started' && run.state !== 'queued') throw broken(run, event);
  return { state: 'lapsed', request: run.request };
}

function broken(run: Run, event: RunEvent): Error {
  return new Error(`run ${event.data.runId}'s stream is broken: ${event.type} in state ${run.state}`);
}

type AttemptEvent = Exclude<RunEvent, { type: 'RunQueued' | 'RunStarted' | 'RunAbandoned' | 'RunRederived' }>;

function ended(
  state: 'completed' | 'failed',
  { attempt, parserVersion }: { attempt: number; parserVersion: number },
): Run {
  return { state, attempt, parserVersion };
}

function progressed(run: Extract<Run, { state: 'started' }>, event: AttemptEvent): Run {
  switch (event.type) {
    case 'CrossingSamplesRecorded': {
      const { batches, samples } = run.recorded;
      return { ...run, recorded: { batches: batches + 1, samples: samples + event.data.samples } };
    }
    case 'KernelLogGapObserved':
      return run;
    case 'RunCompleted':
      return ended('completed', event.data);
    case 'RunFailed':
      return ended('failed', event.data);
  }
}

/** @throws Error when the events can't follow each other: the stream is broken. */
export function evolveRun(run: Run, event: RunEvent): Run {
  switch (event.type) {
    case 'RunQueued':
      return { state: 'queued', request: event.data };
    case 'RunAbandoned':
      return abandoned(run, event);
    case 'RunStarted': {
      if (run.state !== 'queued') throw broken(run, event);
      const { workerId } = event.data;
      return { state: 'started', request: run.request, workerId, recorded: { batches: 0, samples: 0 } };
    }
    case 'RunRederived':
      if (run.state !== 'completed' && run.state !== 'failed') throw broken(run, event);
      return ended('completed', { attempt: run.attempt, parserVersion: event.data.after.parserVersion });
    case 'CrossingSamplesRecorded':
    case 'KernelLogGapObserved':
    case 'RunCompleted':
    case 'RunFailed':
      if (run.state !== 'started') throw broken(run, event);
      return progressed(run, event);
  }
}

import { type EventData, isEventOf } from '#contracts';
import type { Finding } from './finding.js';
import type { StoredEvent } from './rows.js';

/** One attempt as its events tell it. */
export interface Attempt {
  number: number;
  nonce: string | null;
  worker: string | null;
  startedAt: bigint | null;
  /** The last event that the attempt's worker wrote. */
  lastWriteAt: bigint | null;
  batches: EventData<'CrossingSamplesRecorded'>[];
  lostByGaps: number;
  gaveUp: EventData<'RunAbandoned'>['reason'] | null;
}

export interface RunStory {
  runId: string;
  request: EventData<'RunQueued'> | null;
  attempts: Attempt[];
  end: 'completed' | 'failed' | 'abandoned' | null;
  completed: EventData<'RunCompleted'> | null;
  /** Why it ended without a result. */
  reason: string | null;
  findings: Finding[];
}

type State = 'planned' | 'queued' | 'started' | 'given-up' | 'ended';

/** In which states an event may come; the attempt that it must name is checked apart. */
const mayCome: Partial<Record<StoredEvent['type'], readonly State[]>> = {
  RunQueued: ['planned', 'given-up'],
  RunStarted: ['queued'],
  CrossingSamplesRecorded: ['started'],
  KernelLogGapObserved: ['started'],
  RunCompleted: ['started'],
  RunFailed: ['started'],
  RunAbandoned: ['planned', 'queued', 'started'],
};

function newAttempt(number: number): Attempt {
  const nobody = { nonce: null, worker: null, startedAt: null, lastWriteAt: null };
  return { number, ...nobody, batches: [], lostByGaps: 0, gaveUp: null };
}

/** Reads a run's stream by rules of its own, written from docs/job-lifecycle.md and not from libs/lifecycle. */
export function runStory(runId: string, events: readonly StoredEvent[]): RunStory {
  const story: RunStory = {
    runId,
    request: null,
    attempts: [],
    end: null,
    completed: null,
    reason: null,
    findings: [],
  };
  const wrong = (says: string): void => void story.findings.push({ check: 'streams', about: `run-${runId}`, says });
  let state: State = 'planned';
  events.forEach((event, index) => {
    const { version } = event;
    if (version !== index + 1) wrong(`version ${version} follows ${index}`);
    if (!isEventOf('run', event)) {
      wrong(`${event.type} does not belong into a run's stream`);
      return;
    }
    const { type, data } = event;
    if (!mayCome[type]?.includes(state)) wrong(`${type} (version ${version}) comes while the run is ${state}`);
    let attempt = story.attempts.at(-1);
    if (type === 'RunQueued') {
      attempt = newAttempt((attempt?.number ?? 0) + 1);
      story.attempts.push(attempt);
      story.request = data;
    }
    if ('attempt' in data && data.attempt !== (attempt?.number ?? 0))
      wrong(`${type} (version ${version}) is of attempt ${data.attempt}, the latest is ${attempt?.number ?? 0}`);
    if (attempt && type !== 'RunQueued' && type !== 'RunAbandoned') attempt.lastWriteAt = event.position;
    switch (type) {
      case 'RunQueued':
        state = 'queued';
        break;
      case 'RunStarted':
        state = 'started';
        if (attempt) Object.assign(attempt, { nonce: data.nonce, worker: data.workerId, startedAt: event.position });
        break;
      case 'CrossingSamplesRecorded':
        if (data.batch !== attempt?.batches.length)
          wrong(`batch ${data.batch} comes where ${attempt?.batches.length ?? 0} is due`);
        attempt?.batches.push(data);
        break;
      case 'KernelLogGapObserved':
        if (attempt) attempt.lostByGaps += data.lostSamples;
        break;
      case 'RunCompleted':
        [state, story.end, story.completed] = ['ended', 'completed', data];
        break;
      case 'RunFailed':
        [state, story.end, story.reason] = ['ended', 'failed', data.failure.code];
        break;
      case 'RunAbandoned':
        if (attempt) attempt.gaveUp = data.reason;
        state = data.final ? 'ended' : 'given-up';
        if (data.final) [story.end, story.reason] = ['abandoned', data.reason];
        break;
      case 'RunRederived':
        wrong('nobody asked for a replay');
        break;
    }
  });
  return story;
}

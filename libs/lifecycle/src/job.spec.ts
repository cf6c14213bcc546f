import { describe, expect, it } from '@jest/globals';
import { eventSchemas, acceptedJobSpecSchema, type JobEvent, type PlannedRun } from '#contracts';
import { jobDecider, Refused, stateOf, type Job, type JobCommand, type RunTally } from './index.js';

const jobId = '018f3f5e-0000-7000-8000-000000000002';
const spec = acceptedJobSpecSchema.parse({ selector: '*', seed: 1 });
const plan: PlannedRun[] = [0, 1, 2].map((replicate) => ({
  runId: `018f3f5e-0000-7000-8000-00000000001${replicate}`,
  hostId: 'h1',
  executor: 'simulator',
  probe: 'pf',
  replicate,
}));
const submitted: JobEvent = { type: 'JobSubmitted', data: { jobId, spec, plan, bodyHash: 'abc' } };
const cancelled: JobEvent = { type: 'JobCancelled', data: { jobId, reason: 'changed my mind' } };
const tally = (completed: number, failed: number, abandoned: number): RunTally => ({ completed, failed, abandoned });
const ended = (outcome: 'completed' | 'partial' | 'failed' | 'cancelled', runs: RunTally): JobEvent => ({
  type: 'JobCompleted',
  data: { jobId, outcome, runs },
});

const histories = {
  new: [],
  running: [submitted],
  cancelling: [submitted, cancelled],
  ended: [submitted, ended('completed', tally(3, 0, 0))],
} satisfies Record<string, JobEvent[]>;
const commands = {
  submit: { type: 'submit', jobId, spec, plan, bodyHash: 'abc' },
  'submit with another body': { type: 'submit', jobId, spec, plan, bodyHash: 'xyz' },
  cancel: { type: 'cancel', reason: 'changed my mind' },
  complete: { type: 'complete', runs: tally(3, 0, 0) },
  'complete too early': { type: 'complete', runs: tally(2, 0, 0) },
} satisfies Record<string, JobCommand>;
type History = keyof typeof histories;
type Named = keyof typeof commands;

const { decide } = jobDecider;
const given = (events: readonly JobEvent[]): Job => stateOf(jobDecider, events);

/** Either the events that must come out, or the code of the refusal. */
const table: Record<History, Record<Named, JobEvent[] | string>> = {
  new: {
    submit: [submitted],
    'submit with another body': [{ type: 'JobSubmitted', data: { jobId, spec, plan, bodyHash: 'xyz' } }],
    cancel: 'unknown-job',
    complete: 'unknown-job',
    'complete too early': 'unknown-job',
  },
  running: {
    submit: [],
    'submit with another body': 'body-differs',
    cancel: [cancelled],
    complete: [ended('completed', tally(3, 0, 0))],
    'complete too early': 'runs-open',
  },
  cancelling: {
    submit: [],
    'submit with another body': 'body-differs',
    cancel: [],
    complete: [ended('completed', tally(3, 0, 0))],
    'complete too early': 'runs-open',
  },
  ended: {
    submit: [],
    'submit with another body': 'body-differs',
    cancel: 'job-ended',
    complete: [],
    'complete too early': [],
  },
};

const cases = (Object.keys(table) as History[]).flatMap((history) =>
  (Object.keys(commands) as Named[]).map((command) => ({ history, command, then: table[history][command] })),
);

/** The events, or the code of the refusal. */
function outcome(command: JobCommand, job: Job): unknown {
  try {
    return decide(command, job);
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
}

describe('a job', () => {
  it.each(cases)('that is $history, told to $command, gives what the table says', ({ history, command, then }) => {
    const result = outcome(commands[command], given(histories[history]));
    expect(result).toEqual(then);
    if (typeof then === 'string') return;
    for (const event of then) expect(() => eventSchemas[event.type].parse(event.data)).not.toThrow();
  });

  it.each([
    ['running', tally(3, 0, 0), 'completed'],
    ['running', tally(2, 1, 0), 'partial'],
    ['running', tally(1, 1, 1), 'partial'],
    ['running', tally(0, 3, 0), 'failed'],
    ['running', tally(0, 1, 2), 'failed'],
    ['cancelling', tally(1, 0, 2), 'cancelled'],
    ['cancelling', tally(0, 0, 3), 'cancelled'],
    ['cancelling', tally(3, 0, 0), 'completed'],
  ] as const)('that was %s and ended with %j is %s', (history, runs, expected) => {
    expect(decide({ type: 'complete', runs }, given(histories[history]))).toEqual([ended(expected, runs)]);
  });

  it('keeps its end when it is replayed', () => {
    expect(given([submitted, cancelled, ended('cancelled', tally(0, 0, 3))])).toEqual({
      state: 'ended',
      jobId,
      bodyHash: 'abc',
      outcome: 'cancelled',
    });
  });

  it('takes a stream that does not begin with its submission for broken', () => {
    expect(() => given([cancelled])).toThrow(/stream is broken/);
  });
});

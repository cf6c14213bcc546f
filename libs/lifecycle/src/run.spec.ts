import { describe, expect, it } from '@jest/globals';
import { eventSchemas, limits, type DomainEvent, type EventData, type RunEvent } from '#contracts';
import { bootStateOf } from '../../../test/fleet/hosts.js';
import { attemptOf, Refused, runDecider, stateOf, type Run, type RunCommand } from './index.js';

const runId = '018f3f5e-0000-7000-8000-000000000001';
const request: EventData<'RunQueued'> = {
  runId,
  jobId: '018f3f5e-0000-7000-8000-000000000002',
  hostId: 'h1',
  attempt: 1,
  executor: 'simulator',
  probe: 'pf',
  replicate: 0,
  faults: 100,
  warmup: 10,
  timeoutMs: 60_000,
  priority: 'normal',
  seed: 7,
};
const bootState = bootStateOf('Haswell-EP');

// Events
const queued = (attempt: number): RunEvent => ({ type: 'RunQueued', data: { ...request, attempt } });
const startedData: Omit<EventData<'RunStarted'>, 'runId' | 'attempt'> = {
  workerId: 'w1',
  nonce: '0badcafe',
  provenance: 'simulated',
  labels: { host: 'h1' },
  bootState,
  bootStateHash: 'f00',
};
const started = (attempt: number): RunEvent => ({ type: 'RunStarted', data: { runId, attempt, ...startedData } });
const batchData = (samples: number): Omit<EventData<'CrossingSamplesRecorded'>, 'runId' | 'attempt' | 'batch'> => ({
  probe: 'pf',
  metrics: ['u2k', 'k2u'],
  cpu: 0,
  samples,
  interrupted: 0,
  firstSeq: 0,
  lastSeq: samples - 1,
  rawFrom: 0,
  rawTo: 10,
});
const recorded = (attempt: number, batch: number, samples: number): RunEvent => ({
  type: 'CrossingSamplesRecorded',
  data: { runId, attempt, ...batchData(samples), batch },
});
const gapData: Omit<EventData<'KernelLogGapObserved'>, 'runId' | 'attempt'> = {
  reason: 'record-gap',
  detail: 'records 5 to 9 are missing',
  lostRecords: 5,
  lostSamples: 5,
  rawFrom: 10,
  rawTo: 10,
};
const abandoned = (attempt: number, reason: EventData<'RunAbandoned'>['reason'], final: boolean): RunEvent => ({
  type: 'RunAbandoned',
  data: { runId, attempt, reason, final },
});
const failure = { code: 'timeout', message: 'took too long', remedy: 'raise timeoutMs' };
const failed = (attempt: number): RunEvent => ({
  type: 'RunFailed',
  data: { runId, attempt, failure, parserVersion: 2 },
});
const counts = {
  faults: 100,
  lost: 4,
  rejected: 1,
  damagedLines: 2,
  rawBytes: 9,
  overheadCycles: 22,
  durationMs: 5,
  parserVersion: 1,
};
const completed = (attempt: number): RunEvent => ({
  type: 'RunCompleted',
  data: { runId, attempt, ...counts, samples: 95, batches: 2 },
});

const reading = { samples: 95, repeated: 0, lost: 4, rejected: 1, damagedLines: 2, overheadCycles: 22, medians: [] };
const rederivedData: EventData<'RunRederived'> = {
  ...{ runId, attempt: 1, batches: 1, gaps: null },
  before: { ...reading, parserVersion: 1, repeated: 63 },
  after: { ...reading, parserVersion: 2 },
};
const rederived: RunEvent = { type: 'RunRederived', data: rederivedData };

// Commands, for attempt 1
const commands = {
  queue: { type: 'queue', request },
  expire: { type: 'expire', attempt: 1, cancelled: false },
  expireCancelled: { type: 'expire', attempt: 1, cancelled: true },
  cancel: { type: 'cancel', runId },
  start: { type: 'start', attempt: 1, data: startedData },
  record: { type: 'record', attempt: 1, data: batchData(95) },
  observeGap: { type: 'observeGap', attempt: 1, data: gapData },
  complete: { type: 'complete', attempt: 1, data: counts },
  fail: { type: 'fail', attempt: 1, failure, parserVersion: 2 },
  abandonStopped: { type: 'abandon', attempt: 1, reason: 'worker-stopped' },
  abandonCancelled: { type: 'abandon', attempt: 1, reason: 'cancelled' },
  rederive: { type: 'rederive', data: rederivedData },
} satisfies Record<string, RunCommand>;
type Named = keyof typeof commands;

const { decide, evolve } = runDecider;
const given = (events: readonly RunEvent[]): Run => stateOf(runDecider, events);
const histories = {
  planned: [],
  queued: [queued(1)],
  started: [queued(1), started(1), recorded(1, 0, 95)],
  'started again': [queued(1), started(1), abandoned(1, 'lease-expired', false), queued(2), started(2)],
  lapsed: [queued(1), started(1), abandoned(1, 'worker-stopped', false)],
  'lapsed after its last attempt': [
    queued(limits.attemptsPerRun),
    started(limits.attemptsPerRun),
    abandoned(limits.attemptsPerRun, 'worker-stopped', false),
  ],
  completed: [queued(1), started(1), recorded(1, 0, 90), recorded(1, 1, 5), completed(1)],
  'completed and read again': [queued(1), started(1), recorded(1, 0, 95), completed(1), rederived],
  failed: [queued(1), started(1), failed(1)],
  abandoned: [abandoned(0, 'cancelled', true)],
} satisfies Record<string, RunEvent[]>;
type History = keyof typeof histories;

const nothing: RunEvent[] = [];
const recordedNext: RunEvent = recorded(1, 1, 95);
/** What every command makes of every state; anything not named here must be refused as stale. */
const allowed: Record<History, Partial<Record<Named, readonly RunEvent[]>>> = {
  planned: {
    queue: [queued(1)],
    expire: nothing,
    expireCancelled: nothing,
    cancel: [abandoned(0, 'cancelled', true)],
  },
  queued: {
    queue: nothing,
    expire: nothing,
    expireCancelled: nothing,
    cancel: [abandoned(1, 'cancelled', true)],
    start: [started(1)],
  },
  started: {
    queue: nothing,
    expire: [abandoned(1, 'lease-expired', false), queued(2)],
    expireCancelled: [abandoned(1, 'cancelled', true)],
    cancel: nothing,
    record: [recordedNext],
    observeGap: [{ type: 'KernelLogGapObserved', data: { runId, attempt: 1, ...gapData } }],
    complete: [{ type: 'RunCompleted', data: { runId, attempt: 1, ...counts, samples: 95, batches: 1 } }],
    fail: [failed(1)],
    abandonStopped: [abandoned(1, 'worker-stopped', false), queued(2)],
    abandonCancelled: [abandoned(1, 'cancelled', true)],
  },
  'started again': { queue: nothing, expire: nothing, expireCancelled: nothing, cancel: nothing },
  lapsed: {
    queue: [queued(2)],
    expire: nothing,
    expireCancelled: nothing,
    cancel: [abandoned(1, 'cancelled', true)],
  },
  'lapsed after its last attempt': {
    queue: [abandoned(limits.attemptsPerRun, 'attempts-exhausted', true)],
    expire: nothing,
    expireCancelled: nothing,
    cancel: [abandoned(limits.attemptsPerRun, 'cancelled', true)],
  },
  completed: {
    queue: nothing,
    expire: nothing,
    expireCancelled: nothing,
    cancel: nothing,
    rederive: [{ type: 'RunRederived', data: rederivedData }],
  },
  'completed and read again': { queue: nothing, expire: nothing, expireCancelled: nothing, cancel: nothing },
  // A later parser's failure: that of version 1 tells it nothing new.
  failed: { queue: nothing, expire: nothing, expireCancelled: nothing, cancel: nothing },
  abandoned: { queue: nothing, expire: nothing, expireCancelled: nothing, cancel: nothing },
};

/** Reading a log again is the coordinator's, and no attempt's: it is never stale, it changes nothing. */
const otherwise: Partial<Record<Named, readonly RunEvent[]>> = { rederive: nothing };
const cases = (Object.keys(histories) as History[]).flatMap((history) =>
  (Object.keys(commands) as Named[]).map((command) => ({
    ...{ history, command },
    then: allowed[history][command] ?? otherwise[command],
  })),
);
const accepted = cases.flatMap((one) => (one.then === undefined ? [] : [{ ...one, then: one.then }]));
const refused = cases.filter((one) => one.then === undefined);

function refusalOf(command: RunCommand, run: Run): unknown {
  try {
    return decide(command, run);
  } catch (error) {
    return error;
  }
}

function expectValid(events: readonly DomainEvent[]): void {
  for (const event of events) expect(() => eventSchemas[event.type].parse(event.data)).not.toThrow();
}

describe('a run', () => {
  it.each(accepted)('that is $history, told to $command, gives what the table says', ({ history, command, then }) => {
    const events = decide(commands[command], given(histories[history]));
    expect(events).toEqual(then);
    expectValid(events);
    expect(() => events.reduce(evolve, given(histories[history]))).not.toThrow();
  });

  it.each(refused)('that is $history refuses to $command: the attempt may not write', ({ history, command }) => {
    const refusal = refusalOf(commands[command], given(histories[history]));
    expect(refusal).toBeInstanceOf(Refused);
    expect(refusal).toMatchObject({ code: 'stale-attempt' });
  });

  it('gives up for good when its last attempt lapses', () => {
    const last = limits.attemptsPerRun;
    const run = given([queued(last), started(last)]);
    expect(decide({ type: 'expire', attempt: last, cancelled: false }, run)).toEqual([
      abandoned(last, 'lease-expired', true),
    ]);
    expect(decide({ type: 'abandon', attempt: last, reason: 'worker-stopped' }, run)).toEqual([
      abandoned(last, 'worker-stopped', true),
    ]);
  });

  it('keeps what is to be measured from attempt to attempt', () => {
    const events = decide(commands.expire, given([queued(1), started(1)]));
    expect(events.at(-1)).toEqual({ type: 'RunQueued', data: { ...request, attempt: 2 } });
  });

  it('counts batches from 0 in each attempt', () => {
    const run = given([...histories.started, abandoned(1, 'lease-expired', false), queued(2), started(2)]);
    expect(decide({ ...commands.record, attempt: 2 }, run)).toMatchObject([{ data: { batch: 0, attempt: 2 } }]);
  });

  it('does not complete with counts that do not add up', () => {
    const run = given(histories.started);
    expect(() => decide({ ...commands.complete, data: { ...counts, lost: 5 } }, run)).toThrow(
      /95 samples \+ 5 lost \+ 1 rejected/,
    );
  });

  it('completes when a later parser finds what an earlier one did not', () => {
    const inconsistent: RunEvent = { type: 'RunFailed', data: { runId, attempt: 1, failure, parserVersion: 1 } };
    const run = given([queued(1), started(1), inconsistent]);
    const events = decide(commands.rederive, run);
    expect(events).toEqual([rederived]);
    expect(events.reduce(evolve, run)).toEqual({ state: 'completed', attempt: 1, parserVersion: 2 });
  });

  it('does not take a new reading of an attempt that did not end it', () => {
    const run = given([...histories['started again'], completed(2)]);
    expect(decide(commands.rederive, run)).toEqual([]);
  });

  it('does not take a new reading that was compared with one that counts no more', () => {
    const run = given(histories['completed and read again']);
    const [before, after] = [rederivedData.before, { ...rederivedData.after, parserVersion: 3 }];
    expect(decide({ type: 'rederive', data: { ...rederivedData, before, after } }, run)).toEqual([]);
    const compared = { ...rederivedData, before: rederivedData.after, after };
    expect(decide({ type: 'rederive', data: compared }, run)).toHaveLength(1);
  });

  it('tells its latest attempt', () => {
    const attempts = (Object.keys(histories) as History[]).map((history) => attemptOf(given(histories[history])));
    expect(attempts).toEqual([0, 1, 1, 2, 1, limits.attemptsPerRun, 1, 1, 1, 0]);
  });

  it.each<[string, RunEvent[]]>([
    ['a start before the queueing', [started(1)]],
    ['samples before the start', [queued(1), recorded(1, 0, 1)]],
    ['a completion before the start', [queued(1), completed(1)]],
    ['a lapse before the queueing', [abandoned(1, 'lease-expired', false)]],
    ['a new reading before the end', [queued(1), started(1), rederived]],
  ])('takes a stream with %s for broken', (_, events) => {
    expect(() => given(events)).toThrow(/stream is broken/);
  });
});

import { describe, expect, it, jest } from '@jest/globals';
import {
  type BootState,
  type DomainEvent,
  type EventData,
  eventSchemas,
  limits,
  type RecordedEvent,
  type RunTicket,
} from '#contracts';
import * as dmesg from '#dmesg';
import { simulatedBootState } from '#entry-sim';
import { hashBootState } from '#lifecycle';
import { decodeSamples } from '#samples';
import { CaptureRoom } from '../capture/read-ahead.js';
import { MeasurementGate } from '../gate/measurement-gate.js';
import { ExecutionError, type Executor } from '../executors/executor.js';
import { LiveAttempts } from './live-attempts.js';
import type { NewRunEvent, RunStore } from './run-log.js';

type Samples = dmesg.SamplesItem;

/** What the reader under test does with each item of samples that the real one reads. */
let spoil: (item: Samples) => Samples = (item) => item;

jest.unstable_mockModule('#dmesg', () => ({
  ...dmesg,
  createLogReader: (options: dmesg.LogReaderOptions): dmesg.LogReader => {
    const reader = dmesg.createLogReader(options);
    const spoilt = (items: dmesg.LogItem[]): dmesg.LogItem[] =>
      items.map((item) => (item.kind === 'samples' ? spoil(item) : item));
    return {
      push: (chunk) => spoilt(reader.push(chunk)),
      end: () => spoilt(reader.end()),
      accounting: () => reader.accounting(),
    };
  },
}));
const { runAttempt } = await import('./run-attempt.js');

const faults = 200;
const nonce = '00c0ffee';
const ids = { runId: '018f3f5e-0000-7000-8000-0000000000a1', jobId: '018f3f5e-0000-7000-8000-0000000000a2' };
const ticket: RunTicket = { contractVersion: 2, hostId: 'h1', attempt: 1, correlationId: ids.jobId, ...ids };

function logLines(): string[] {
  const lines = [`begin probe=pf_rt faults=${faults} warmup=0 pid=7 cpu=1 batch=50 overhead=20`];
  for (let seq = 0; seq < faults; seq += 50) {
    const values = Array.from({ length: 50 }, (_, index) => 1_000 + seq + index);
    lines.push(`pid=7 cpu=1 seq=${seq} n=50 pf_rt=${values.join()}`);
  }
  return [...lines, `end faults=${faults} samples=${faults} rejected=0`];
}

const executor: Executor = {
  name: 'simulator',
  probes: ['pf_rt'],
  provenance: 'simulated',
  prepare: () =>
    Promise.resolve({
      bootState: simulatedBootState('haswell-ep'),
      provenance: 'simulated',
      pinnedCpu: null,
      execute: async function* () {
        yield Buffer.from(logLines().map((line) => `${dmesg.formatContractLine(nonce, line)}\n`).join('')); // prettier-ignore
        await Promise.resolve();
      },
      discard: () => Promise.resolve(),
    }),
};

/** The worker's clock. */
let clock = (): Date => new Date();

/** Keeps what is appended to the one run. */
class MemoryStore implements RunStore {
  readonly appended: NewRunEvent[] = [];
  readonly observed = new Map<string, BootState>();

  constructor(private readonly queued: DomainEvent) {}

  read(stream: string): Promise<RecordedEvent[]> {
    const meta = { eventId: ids.runId, stream, version: 1, recordedAt: new Date(0) };
    return Promise.resolve([{ ...this.queued, meta } as RecordedEvent]);
  }

  append(_stream: string, expectedVersion: number, events: NewRunEvent[]): Promise<number> {
    // As libs/event-store does.
    for (const { event } of events) eventSchemas[event.type].parse(event.data);
    this.appended.push(...events);
    return Promise.resolve(expectedVersion + events.length);
  }

  observe(_stream: string, { bootStateHash, bootState }: EventData<'BootStateObserved'>): Promise<void> {
    this.observed.set(bootStateHash, bootState);
    return Promise.resolve();
  }

  newId(): string {
    return ids.runId;
  }

  now(): Date {
    return clock();
  }

  isOvertaken(_error?: Error): boolean {
    return false;
  }

  isPermanent(): boolean {
    return true;
  }
}

/** A store that a batch reaches late: after the stopped attempt has read its stream for the last time, and before it says so. */
class LateStore extends MemoryStore {
  /** Called when the batch is under way. */
  static onBatch: () => void = () => undefined;
  private readonly overtaken = new Error('the stream has moved on');
  private late: (() => Promise<number>) | null = null;

  override async read(stream: string): Promise<RecordedEvent[]> {
    const queued = await super.read(stream);
    const meta = (version: number) => ({ eventId: ids.runId, stream, version, recordedAt: new Date(0) });
    return [...queued, ...this.appended.map(({ event }, at) => ({ ...event, meta: meta(at + 2) }) as RecordedEvent)];
  }

  override async append(stream: string, expectedVersion: number, events: NewRunEvent[]): Promise<number> {
    if (events[0]?.event.type === 'CrossingSamplesRecorded') {
      this.late = () => super.append(stream, expectedVersion, events);
      LateStore.onBatch();
      return new Promise(() => undefined);
    }
    const [late] = [this.late, (this.late = null)];
    await late?.();
    if (expectedVersion !== this.appended.length + 1) throw this.overtaken;
    return super.append(stream, expectedVersion, events);
  }

  override isOvertaken(error?: Error): boolean {
    return error === this.overtaken;
  }
}

async function attempt(
  host = [executor],
  { storeOf = MemoryStore, stopping = new AbortController().signal } = {},
): Promise<{
  outcome: string;
  events: DomainEvent[];
  seqs: number[];
  appended: readonly NewRunEvent[];
  observed: ReadonlyMap<string, BootState>;
}> {
  const request = { ...ids, hostId: 'h1', attempt: 1, executor: 'simulator', probe: 'pf_rt', replicate: 0 } as const;
  const data = { ...request, faults, warmup: 0, timeoutMs: 10_000, priority: 'normal', seed: 1 } as const;
  const store = new storeOf({ type: 'RunQueued', data });
  const silent = (): void => undefined;
  const outcome = await runAttempt(
    ticket,
    { hostId: 'h1', labels: {}, bootState: simulatedBootState('haswell-ep'), executors: host },
    {
      workerId: 'w1',
      store,
      gate: new MeasurementGate(null),
      live: new LiveAttempts(),
      mayStart: () => Promise.resolve(),
      log: { info: silent, warn: silent, error: silent },
      newNonce: () => nonce,
      room: new CaptureRoom(1_000_000),
      giveUpAfterMs: 1_000,
      tryLimitMs: 1_000,
      farewellMs: 1_000,
    },
    stopping,
  );
  const seqs = store.appended.flatMap(({ payload }) => (payload ? [...decodeSamples(payload.samples).seq] : []));
  const { appended } = store;
  return { outcome, events: appended.map(({ event }) => event), seqs, appended, observed: store.observed };
}

/** The item with one sequence number changed, its cycles as they were. */
const withSeq = (at: number, change: (seq: Int32Array) => number) => {
  return (item: Samples): Samples => {
    const seq = item.seq.slice();
    seq[at] = change(seq);
    return { ...item, seq };
  };
};

const only = (from: number, to: number, { seq, columns, interrupted, ...rest }: Samples): Samples => ({
  ...rest,
  seq: seq.slice(from, to),
  columns: Object.fromEntries(Object.entries(columns).map(([metric, values]) => [metric, values.slice(from, to)])),
  interrupted: interrupted.slice(from, to),
});

function failing(message: string, remedy: string, bootState?: BootState): ExecutionError {
  return new ExecutionError({ code: 'odd', message, remedy }, bootState);
}

describe('an attempt', () => {
  it('completes when its batches hold every sample once', async () => {
    spoil = (item) => item;
    const { outcome, events, seqs } = await attempt();
    expect(outcome).toBe('completed');
    expect(events.at(-1)).toMatchObject({ type: 'RunCompleted', data: { samples: faults, lost: 0 } });
    expect(seqs).toEqual(Array.from({ length: faults }, (_, seq) => seq));
  });

  it.each<[string, (item: Samples) => Samples, RegExp]>([
    ['a sample twice and as many not at all', withSeq(9, (seq) => seq[8]!), /second time, the first with seq 8$/],
    ['a sample past the last fault', withSeq(199, () => faults), /none of its 200 faults/],
    ['fewer samples than were read', (item) => only(0, 199, item), /hold 199 samples, its account says 200$/],
  ])('fails as samples-inconsistent when they hold %s, and its batches stay', async (_, fault, message) => {
    spoil = fault;
    const { outcome, events, seqs } = await attempt();
    expect(outcome).toBe('failed');
    const failure = { code: 'samples-inconsistent', message: expect.stringMatching(message) };
    expect(events.at(-1)).toMatchObject({ type: 'RunFailed', data: { failure } });
    expect(events.map(({ type }) => type)).not.toContain('RunCompleted');
    expect(seqs.length).toBeGreaterThan(198);
  });

  it.each<[string, Error]>([
    ['a message with U+0000 and half of a character', new Error('odd \u0000 byte, \ud83d')],
    ['a message that is too long', new Error('x'.repeat(5_000))],
    ['a failure whose texts were cut in a character', failing(`${'😀'.repeat(1_000)}😀`.slice(1), 'look \udc00')],
  ])('ends as failed when the executor throws %s', async (_, error) => {
    const { outcome, events } = await attempt([{ ...executor, prepare: () => Promise.reject(error) }]);
    expect(outcome).toBe('failed');
    expect(events.map(({ type }) => type)).toEqual(['RunStarted', 'RunFailed']);
  });

  it('ended when its execution did, however long its bytes then waited for the store', async () => {
    let ms = 0;
    clock = () => new Date(ms);
    const ending = {
      ...executor,
      prepare: async () => {
        const execution = await executor.prepare({} as never, new AbortController().signal);
        const execute = async function* (): AsyncGenerator<Uint8Array> {
          ms = 1_000;
          yield* execution.execute();
          ms = 2_000;
        };
        return { ...execution, execute };
      },
    };
    spoil = (item) => {
      ms = Math.max(ms, 9_000);
      return item;
    };
    const { appended } = await attempt([ending]);
    const when = appended.map(({ event, occurredAt }) => [event.type, occurredAt.getTime()]);
    expect(when[0]).toEqual(['RunStarted', 0]);
    expect(when.at(-1)).toEqual(['RunCompleted', 2_000]);
  });

  it('is abandoned when a batch that was under way when it was stopped is stored after all', async () => {
    spoil = (item) => item;
    const stopping = new AbortController();
    LateStore.onBatch = () => stopping.abort();
    const printing = {
      ...executor,
      prepare: async (_: unknown, signal: AbortSignal) => {
        const execution = await executor.prepare({} as never, signal);
        const execute = async function* (): AsyncGenerator<Uint8Array> {
          // More than one event keeps, so that it is stored before there is a sample.
          yield Buffer.alloc(limits.rawBytesPerEvent + 1, 'x');
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        };
        return { ...execution, execute };
      },
    };
    const { outcome, events } = await attempt([printing], { storeOf: LateStore, stopping: stopping.signal });
    expect(outcome).toBe('abandoned');
    expect(events.map(({ type }) => type)).toEqual([
      'RunStarted',
      'CrossingSamplesRecorded',
      'RunAbandoned',
      'RunQueued',
    ]);
  });

  it('stores what a boot state shows, and its hash is that of what is stored', async () => {
    const odd = { ...simulatedBootState('haswell-ep'), kernelCommandLine: 'quiet \u0000 \udc00' };
    const refusing = { ...executor, prepare: () => Promise.reject(failing('x', 'y', odd)) };
    const { events, observed } = await attempt([refusing]);
    const kernelCommandLine = 'quiet \uFFFD \uFFFD';
    const bootStateHash = hashBootState({ ...odd, kernelCommandLine });
    expect(events[0]?.data).toMatchObject({ bootStateHash });
    expect(observed.get(bootStateHash)).toMatchObject({ kernelCommandLine });
  });
});

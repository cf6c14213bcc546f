import { describe, expect, it } from '@jest/globals';
import type { RunEvent } from '#contracts';
import { bootStateOf } from '../../../../test/fleet/hosts.js';
import { evolveRunRow, type RunRecorded, type RunRow } from './run-row.js';

const runId = '018f3f5e-0000-7000-8000-000000000001';
const planned: RunRow = {
  executor: 'simulator',
  run_id: runId,
  state: 'planned',
  attempt: 0,
  stream_version: 0,
  worker_id: null,
  provenance: null,
  labels: null,
  boot_state_hash: null,
  boot_id: null,
  queued_at: null,
  started_at: null,
  leased_from: null,
  ended_at: null,
  samples: 0,
  lost: 0,
  rejected: 0,
  damaged_lines: 0,
  overhead_cycles: null,
  failure: null,
  seed: null,
  parser_version: null,
  samples_version: null,
};

const at = (version: number): string => `2026-11-22T17:00:${String(version).padStart(2, '0')}.000Z`;
/** Everything was recorded an hour after it happened. */
const recordedAt = (version: number): string => at(version).replace('T17', 'T18');
const recordedAs = (event: RunEvent, version: number): RunRecorded => ({
  ...event,
  meta: {
    eventId: runId,
    stream: `run-${runId}`,
    version,
    at: { xid: '1', position: String(version) },
    recordedAt: new Date(recordedAt(version)),
    occurredAt: new Date(at(version)),
    correlationId: runId,
    causationId: null,
    actor: 'worker:w1',
  },
});
const after = (...events: RunEvent[]): RunRow =>
  events.reduce((row, event, index) => evolveRunRow(row, recordedAs(event, index + 1)), planned);

const queued = (attempt: number): RunEvent => ({
  type: 'RunQueued',
  data: {
    runId,
    jobId: runId,
    hostId: 'h1',
    attempt,
    executor: 'simulator',
    probe: 'pf',
    replicate: 0,
    faults: 100,
    warmup: 0,
    timeoutMs: 1_000,
    priority: 'normal',
    seed: 1,
  },
});
const started = (attempt: number): RunEvent => ({
  type: 'RunStarted',
  data: {
    runId,
    attempt,
    workerId: 'w1',
    nonce: '0badcafe',
    provenance: 'simulated',
    labels: { host: 'h1', provenance: 'simulated' },
    bootState: bootStateOf('Zen 3'),
    bootStateHash: 'f00',
  },
});
const recorded = (samples: number): RunEvent => ({
  type: 'CrossingSamplesRecorded',
  data: {
    runId,
    attempt: 1,
    batch: 0,
    probe: 'pf',
    metrics: ['u2k'],
    cpu: 0,
    samples,
    interrupted: 0,
    firstSeq: 0,
    lastSeq: 1,
    rawFrom: 0,
    rawTo: 1,
  },
});
const completed: RunEvent = {
  type: 'RunCompleted',
  data: {
    runId,
    attempt: 1,
    faults: 100,
    samples: 90,
    lost: 7,
    rejected: 3,
    damagedLines: 2,
    batches: 1,
    rawBytes: 1,
    overheadCycles: 22,
    durationMs: 1,
    parserVersion: 2,
  },
};
const abandoned = (final: boolean, reason: 'lease-expired' | 'cancelled' = 'lease-expired'): RunEvent => ({
  type: 'RunAbandoned',
  data: { runId, attempt: 1, reason, final },
});

describe('the row of a run', () => {
  it('shows samples while they come and the counts of the completed attempt', () => {
    expect(after(queued(1), started(1), recorded(40), recorded(50))).toMatchObject({ state: 'started', samples: 90 });
    expect(after(queued(1), started(1), recorded(40), recorded(50), completed)).toMatchObject({
      state: 'completed',
      attempt: 1,
      seed: 1,
      stream_version: 5,
      worker_id: 'w1',
      provenance: 'simulated',
      boot_state_hash: 'f00',
      queued_at: at(1),
      started_at: at(2),
      leased_from: recordedAt(2),
      ended_at: at(5),
      samples: 90,
      lost: 7,
      rejected: 3,
      damaged_lines: 2,
      overhead_cycles: 22,
      failure: null,
      parser_version: 2,
    });
  });

  it('forgets what a given-up attempt brought', () => {
    const row = after(queued(1), started(1), recorded(40), abandoned(false), queued(2));
    expect(row).toEqual({ ...planned, state: 'queued', attempt: 2, stream_version: 5, queued_at: at(5), seed: 1 });
  });

  it('says why it was given up for good', () => {
    const row = after(queued(1), started(1), recorded(40), abandoned(true, 'cancelled'));
    expect(row).toMatchObject({ state: 'abandoned', ended_at: at(4), samples: 0, failure: { code: 'cancelled' } });
  });

  it('says why it failed', () => {
    const failure = { code: 'timeout', message: 'took too long', remedy: 'raise timeoutMs' };
    const row = after(queued(1), started(1), recorded(40), {
      type: 'RunFailed',
      data: { runId, attempt: 1, failure, parserVersion: 2 },
    });
    expect(row).toMatchObject({ state: 'failed', failure, samples: 0, ended_at: at(4), parser_version: 2 });
  });

  it('shows what a later parser found, at the time when the run ended', () => {
    const reading = { repeated: 0, lost: 6, rejected: 3, damagedLines: 1, overheadCycles: 22, medians: [] };
    const rederived = (batches: number): RunEvent => ({
      type: 'RunRederived',
      data: {
        ...{ runId, attempt: 1, batches, gaps: null },
        before: { ...reading, parserVersion: 2, samples: 90, repeated: 5 },
        after: { ...reading, parserVersion: 3, samples: 91 },
      },
    });
    const whole = [queued(1), started(1), recorded(90), completed];
    expect(after(...whole, rederived(1))).toMatchObject({
      ...{ state: 'completed', ended_at: at(4), samples: 91, lost: 6, damaged_lines: 1 },
      ...{ parser_version: 3, samples_version: 3, stream_version: 5 },
    });
    expect(after(...whole, rederived(0))).toMatchObject({ parser_version: 3, samples_version: null });
  });

  it('is not changed by an event that it stands for already', () => {
    const row = after(queued(1), started(1), recorded(40));
    expect(evolveRunRow(row, recordedAs(recorded(40), 3))).toBe(row);
  });

  it.each([
    ['simulator', 'measured', 'simulated'],
    ['stock-host', 'simulated', 'unknown'],
    ['stock-host', 'measured', 'unknown'],
    ['stock-host', 'emulated', 'emulated'],
  ] as const)('of %s that earlier releases let say %s counts as %s', (executor, provenance, counts) => {
    const event = started(1);
    if (event.type !== 'RunStarted') throw new Error('not a start');
    const said = { ...event, data: { ...event.data, provenance, labels: { provenance } } };
    const row = evolveRunRow({ ...planned, executor }, recordedAs(said, 2));
    expect(row).toMatchObject({ provenance: counts, labels: { provenance: counts } });
  });

  it('that was measured with evidence is measured', () => {
    const event = started(1);
    if (event.type !== 'RunStarted') throw new Error('not a start');
    const evidence = { signature: '', cycles: { add: 1 }, reason: 'seen' };
    const said = { ...event, data: { ...event.data, provenance: 'measured' as const, evidence } };
    expect(evolveRunRow({ ...planned, executor: 'stock-host' }, recordedAs(said, 2))).toMatchObject({
      provenance: 'measured',
    });
  });
});

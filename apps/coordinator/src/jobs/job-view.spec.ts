import { describe, expect, it } from '@jest/globals';
import { type DomainEvent, acceptedJobSpecSchema, type RecordedEvent } from '#contracts';
import { jobDecider, stateOf } from '#lifecycle';
import { type TallyRow, viewOfRow, viewOfStream, withStateOf } from './job-view.js';

const jobId = '7f3f2c1e-8e0d-5c3a-9a53-0d6a3f5b2c11';
const runId = '3c6b8c9e-3a67-5d0e-8f0a-1f2e3d4c5b6a';
const correlationId = '0190a5c0-0000-7000-8000-000000000001';
const spec = acceptedJobSpecSchema.parse({ selector: '*', seed: 1 });

function recorded(events: readonly DomainEvent[]): RecordedEvent[] {
  return events.map((event, i) => ({
    ...event,
    meta: {
      eventId: `0190a5c0-0000-7000-8000-00000000010${i}`,
      stream: `job-${jobId}`,
      version: i + 1,
      at: { xid: '7', position: String(i) },
      recordedAt: new Date(Date.UTC(2026, 0, 1, 5, 0, i)),
      occurredAt: new Date(Date.UTC(2026, 0, 1, 0, 0, i)),
      correlationId,
      causationId: null,
      actor: 'key:local',
    },
  }));
}

const plan = [{ runId, hostId: 'h1', executor: 'simulator' as const, probe: 'pf' as const, replicate: 0 }];
const submitted: DomainEvent = { type: 'JobSubmitted', data: { jobId, spec, plan, bodyHash: 'x' } };
const cancelled: DomainEvent = { type: 'JobCancelled', data: { jobId, reason: 'enough' } };
const completed: DomainEvent = {
  type: 'JobCompleted',
  data: { jobId, outcome: 'completed', runs: { completed: 1, failed: 0, abandoned: 0 } },
};

const row = {
  job_id: jobId,
  state: 'running',
  outcome: null,
  spec,
  labels: {},
  submitted_by: 'key:local',
  correlation_id: correlationId,
  submitted_at: new Date(Date.UTC(2026, 0, 1)),
  ended_at: null,
  runs_total: 5,
  skipped: null,
};
const tally = (state: string, runs: number, samples = 0, lost = 0, job = jobId): TallyRow => ({
  job_id: job,
  state,
  runs,
  samples,
  lost,
});

describe('viewOfRow', () => {
  it('counts the runs of this job only, by state', () => {
    const view = viewOfRow(row, [tally('completed', 3, 300, 2), tally('queued', 2), tally('started', 9, 9, 9, runId)]);
    expect(view.runs).toEqual({ planned: 0, queued: 2, started: 0, completed: 3, failed: 0, abandoned: 0, total: 5 });
    expect(view).toMatchObject({ samples: 300, lost: 2 });
  });

  it('refuses a row that is not a job', () => {
    expect(() => viewOfRow({ ...row, state: 'asleep' }, [])).toThrow(/state/);
  });
});

describe('viewOfStream', () => {
  it('is null for an empty stream', () => expect(viewOfStream([])).toBeNull());

  it('shows a new job with all runs planned', () => {
    expect(viewOfStream(recorded([submitted]))).toMatchObject({
      state: 'running',
      submittedBy: 'key:local',
      submittedAt: '2026-01-01T00:00:00.000Z',
      runs: { planned: 1, total: 1 },
    });
  });

  it('follows the job to its end', () => {
    expect(viewOfStream(recorded([submitted, cancelled]))?.state).toBe('cancelling');
    expect(viewOfStream(recorded([submitted, completed]))).toMatchObject({
      state: 'ended',
      outcome: 'completed',
      endedAt: '2026-01-01T00:00:01.000Z',
      runs: { planned: 0, completed: 1, total: 1 },
    });
  });
});

describe('withStateOf', () => {
  const behind = viewOfRow(row, []);

  it('takes the newer state of the stream', () => {
    expect(withStateOf(behind, stateOf(jobDecider, recorded([submitted, cancelled]))).state).toBe('cancelling');
    expect(withStateOf(behind, stateOf(jobDecider, recorded([submitted, completed])))).toMatchObject({
      state: 'ended',
      outcome: 'completed',
    });
  });

  it('does not take back what the read model says', () => {
    const ended = viewOfRow({ ...row, state: 'ended', outcome: 'failed' }, []);
    expect(withStateOf(ended, stateOf(jobDecider, recorded([submitted])))).toEqual(ended);
  });
});

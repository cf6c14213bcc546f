import { describe, expect, it } from '@jest/globals';
import {
  currentVersion,
  eventSchemas,
  isEventOf,
  readEvent,
  type StreamKind,
  streamKinds,
  UnknownEventError,
  type DomainEvent,
  type Upcasters,
} from './registry.js';

const jobId = '0b5e3a3e-58b4-4d8c-9c3e-1d2a6f4c9a10';
const cancelled = { jobId, reason: 'by hand' };

describe('readEvent', () => {
  it('reads data of the current version', () => {
    expect(readEvent('JobCancelled', 1, cancelled)).toEqual({ type: 'JobCancelled', data: cancelled });
  });

  it('lifts old data step by step to the current schema', () => {
    const steps: Upcasters = {
      'JobCancelled@1': (data) => ({ ...(data as object), why: 'renamed once' }),
      'JobCancelled@2': (data) => {
        const { why, ...rest } = data as { why: string };
        return { ...rest, reason: why };
      },
    };
    expect(currentVersion('JobCancelled', steps)).toBe(3);
    expect(readEvent('JobCancelled', 1, { jobId }, steps).data).toEqual({ jobId, reason: 'renamed once' });
    expect(readEvent('JobCancelled', 2, { jobId, why: 'later' }, steps).data).toEqual({ jobId, reason: 'later' });
    expect(readEvent('JobCancelled', 3, cancelled, steps).data).toEqual(cancelled);
  });

  it('refuses a type or version of a later release by name', () => {
    expect(() => readEvent('RunTeleported', 1, {})).toThrow(UnknownEventError);
    expect(() => readEvent('constructor', 1, {})).toThrow(UnknownEventError);
    expect(() => readEvent('JobCancelled', 2, cancelled)).toThrow(/newer than this release/);
  });

  it('refuses data that do not fit, naming the field', () => {
    expect(() => readEvent('JobCancelled', 1, { jobId: 'not-a-uuid', reason: 'x' })).toThrow(/jobId/);
  });

  it('knows a schema for every event that the brief asks for', () => {
    expect(Object.keys(eventSchemas).sort()).toEqual([
      'BootStateObserved',
      'ConfirmationAsked',
      'ConfirmationHeldUp',
      'CrossingSamplesRecorded',
      'HostDrained',
      'HostFactsChanged',
      'HostQuarantined',
      'HostRegistered',
      'HostRemoved',
      'HostReturned',
      'JobCancelled',
      'JobCompleted',
      'JobLabelled',
      'JobSubmitted',
      'KernelLogGapObserved',
      'NotificationRoutePaused',
      'NotificationRouteRemoved',
      'NotificationRouteResumed',
      'NotificationRouteSet',
      'NotificationSecretRotated',
      'RegressionAcknowledged',
      'RegressionDetected',
      'RegressionExpected',
      'RegressionMuted',
      'RegressionNotConfirmed',
      'RegressionReopened',
      'RegressionResolved',
      'RegressionRevised',
      'RegressionSuspected',
      'RegressionUnmuted',
      'RegressionWithdrawn',
      'RunAbandoned',
      'RunAnnotated',
      'RunCompleted',
      'RunFailed',
      'RunQueued',
      'RunRederived',
      'RunStarted',
      'ScheduleFired',
      'SchedulePaused',
      'ScheduleRemoved',
      'ScheduleResumed',
      'ScheduleSet',
      'ScheduleSkipped',
    ]);
  });
});

describe('the events of a kind of stream', () => {
  const run = { type: 'KernelLogGapObserved' } as DomainEvent;
  const job = { type: 'JobCancelled' } as DomainEvent;

  it('are told by one declaration, not by their names', () => {
    const kinds = Object.keys(eventSchemas).map((type) =>
      (streamKinds as StreamKind[]).filter((kind) => isEventOf(kind, { type } as DomainEvent)),
    );
    expect(kinds.every(({ length }) => length === 1)).toBe(true);
    expect(isEventOf('run', run)).toBe(true);
    expect(isEventOf('run', job)).toBe(false);
  });
});

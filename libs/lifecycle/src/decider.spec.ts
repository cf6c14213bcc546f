import { describe, expect, it } from '@jest/globals';
import { type DomainEvent, type EventType, eventSchemas } from '#contracts';
import { type Decider } from './decider.js';
import * as lifecycle from './index.js';

const { decideAll, runDecider, stateOf } = lifecycle;

const jobId = '018f3f5e-0000-7000-8000-000000000002';
const runId = '018f3f5e-0000-7000-8000-000000000001';
const cancelled: DomainEvent = { type: 'JobCancelled', data: { jobId, reason: 'enough' } };
const abandoned: DomainEvent = { type: 'RunAbandoned', data: { runId, attempt: 0, reason: 'cancelled', final: true } };

type AnyDecider = Pick<Decider<unknown, unknown, DomainEvent>, 'owns' | 'stream'>;

const deciders = Object.values(lifecycle as Record<string, unknown>).filter(
  (exported): exported is AnyDecider => typeof exported === 'object' && exported !== null && 'owns' in exported,
);

describe('the deciders', () => {
  it('own each event between them, and none twice', () => {
    const owners = (type: EventType): string[] =>
      deciders.filter(({ owns }) => owns({ ...cancelled, type } as DomainEvent)).map(({ stream }) => stream(''));
    const owned = Object.fromEntries((Object.keys(eventSchemas) as EventType[]).map((type) => [type, owners(type)]));
    expect(Object.values(owned).filter(({ length }) => length !== 1)).toEqual([]);
    expect(owned).toMatchObject({ HostRegistered: ['host-'], JobSubmitted: ['job-'], RunStarted: ['run-'] });
  });
});

describe('a state', () => {
  it('is what the events make of the initial one', () => {
    expect(stateOf(runDecider, [])).toBe(runDecider.initial);
    expect(stateOf(runDecider, [abandoned])).toEqual({ state: 'abandoned', attempt: 0 });
  });

  it('is refused when a foreign event stands among them', () => {
    expect(() => stateOf(runDecider, [abandoned, cancelled])).toThrow(
      'JobCancelled does not belong into a stream like run-…',
    );
  });
});

describe('commands decided one after another', () => {
  const cancel = { command: { type: 'cancel' as const, runId }, at: 'noon' };

  it('are each decided on what those before led to, and bring along what goes with them', () => {
    const { state, decided } = decideAll(runDecider, runDecider.initial, [cancel, { ...cancel, at: 'later' }]);
    expect(state).toEqual({ state: 'abandoned', attempt: 0 });
    expect(decided).toEqual([{ event: abandoned, step: cancel }]);
  });
});

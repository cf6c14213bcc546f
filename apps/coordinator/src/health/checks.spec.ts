import { describe, expect, it } from '@jest/globals';
import { check, refuseStandstill } from './checks.js';

describe('check', () => {
  it('is up when the question is answered', async () => {
    expect(await check(() => Promise.resolve(), 'unused')).toEqual({ status: 'up', latencyMs: expect.any(Number) });
  });

  it('is down with the reason and the remedy when it is not', async () => {
    expect(await check(() => Promise.reject(new Error('\nconnect ECONNREFUSED')), 'start it')).toMatchObject({
      status: 'down',
      detail: 'connect ECONNREFUSED',
      remedy: 'start it',
    });
  });

  it('is down when nothing comes back', async () => {
    const silence = new Promise<void>(() => undefined);
    expect(await check(() => silence, 'start it', 5)).toMatchObject({
      status: 'down',
      detail: 'no answer within 5 ms',
    });
  });
});

describe('refuseStandstill', () => {
  it('bears a lag that is young', () =>
    expect(() => refuseStandstill({ events: 9_000, oldestMs: 80_000 })).not.toThrow());
  it('does not bear an event that waits', () =>
    expect(() => refuseStandstill({ events: 1, oldestMs: 120_000 })).toThrow(
      '1 events wait for the projection, the oldest for 120 s',
    ));
});

import { describe, expect, it } from '@jest/globals';
import { Hearing } from './hearing.js';

describe('what a worker may believe of its hosts', () => {
  let now = 0;
  const hearingAt = (ms: number): Hearing => {
    now = ms;
    return new Hearing(1_000, () => now);
  };
  const never = new AbortController().signal;

  it('holds for a lease after the question that was answered', async () => {
    const hearing = hearingAt(0);
    now = 500;
    await hearing.of(() => {
      now = 900;
      return Promise.resolve();
    });
    now = 1_500;
    await hearing.current(never);
  });

  it('is asked for again after a lease, and an answer to an old question does not do', async () => {
    const hearing = hearingAt(0);
    now = 1_001;
    let may = false;
    const waiting = hearing.current(never).then(() => (may = true));
    await expect(hearing.of(() => Promise.reject(new Error('no way through')))).rejects.toThrow('no way through');
    // Stopped between question and answer.
    await hearing.of(() => {
      now = 5_000;
      return Promise.resolve();
    });
    await Promise.resolve();
    expect(may).toBe(false);
    await hearing.of(() => Promise.resolve());
    await waiting;
  });

  it('ends its wait with the reason of a stop', async () => {
    const hearing = hearingAt(0);
    now = 2_000;
    const stop = new AbortController();
    const waiting = hearing.current(stop.signal);
    stop.abort(new Error('worker stopped'));
    await expect(waiting).rejects.toThrow('worker stopped');
  });
});

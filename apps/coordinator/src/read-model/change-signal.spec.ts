import { describe, expect, it } from '@jest/globals';
import { ChangeSignal } from './change-signal.js';

const never = 2 ** 31 - 1;

describe('ChangeSignal', () => {
  it('wakes everybody who waits, and later waiters not', async () => {
    const signal = new ChangeSignal();
    const both = Promise.all([signal.next(never), signal.next(never)]);
    signal.changed();
    await both;
    const abort = new AbortController();
    let woken = false;
    const later = signal.next(never, abort.signal).then(() => (woken = true));
    await Promise.resolve();
    expect(woken).toBe(false);
    abort.abort();
    await later;
  });

  it('gives up after the timeout', async () => {
    await expect(new ChangeSignal().next(1)).resolves.toBeUndefined();
  });

  it('does not wait on a signal that has fired', async () => {
    await expect(new ChangeSignal().next(never, AbortSignal.abort())).resolves.toBeUndefined();
  });
});

import { expect, it } from '@jest/globals';
import { nextTryMs, retryAfterMs, triedForMs } from './next-try.js';

const [now, giveUpMs] = [1_000_000, 1_000_000 + triedForMs];

it('waits longer from try to try, up to an hour', () => {
  const waits = [1, 2, 3, 8, 9, 50].map((attempts) => (nextTryMs({ attempts, giveUpMs }, now, null) ?? 0) - now);
  expect(waits).toEqual([10_000, 30_000, 60_000, 1_800_000, 3_600_000, 3_600_000]);
});

it('gives up after a day, with a last try at its end', () => {
  let [at, attempts]: [number | null, number] = [now, 0];
  const tries: number[] = [];
  while (at !== null) {
    tries.push(at);
    attempts += 1;
    at = nextTryMs({ attempts, giveUpMs }, at, null);
  }
  expect(tries.at(-1)).toBe(giveUpMs);
  expect(tries.length).toBe(32);
});

it('leaves a receiver alone for as long as it asks, up to an hour', () => {
  expect(nextTryMs({ attempts: 1, giveUpMs }, now, 120_000)).toBe(now + 120_000);
  expect(nextTryMs({ attempts: 1, giveUpMs }, now, 1)).toBe(now + 10_000);
  expect(nextTryMs({ attempts: 1, giveUpMs }, now, 10 * triedForMs)).toBe(now + 3_600_000);
});

it('reads Retry-After in seconds and as a date', () => {
  expect(retryAfterMs('120', now)).toBe(120_000);
  expect(retryAfterMs(new Date(60_000).toUTCString(), 0)).toBe(60_000);
  expect(retryAfterMs(new Date(0).toUTCString(), now)).toBe(0);
  expect(retryAfterMs('soon', now)).toBeNull();
  expect(retryAfterMs(null, now)).toBeNull();
});

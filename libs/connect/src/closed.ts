import { setTimeout as delay } from 'node:timers/promises';

const limitMs = 1_000;

/**
 * Waits until connections are closed, but not for ones whose other end says nothing, as when something on the way has forgotten them:
 * for those a process that was told to end waited until it was cut short.
 */
export async function closed(closing: Promise<unknown>): Promise<void> {
  await Promise.race([closing, delay(limitMs, undefined, { ref: false })]);
}

import { describe, expect, it } from '@jest/globals';
import { Listening } from './listening.js';

const leaseMs = 10_000;

/** A listener that looks twice a second, on a clock that the test sets. */
async function listening() {
  let now = 1_000_000;
  const listener = new Listening(() => Promise.resolve(now), leaseMs);
  await listener.look();
  return {
    /** Nobody looks meanwhile. */
    deafFor: (ms: number) => (now += ms),
    async listenFor(ms: number): Promise<void> {
      for (let left = ms; left > 0; left -= 500) {
        now += 500;
        await listener.look();
      }
    },
    longEnough: () => listener.longEnough(),
  };
}

describe('a lease that has run out may be believed', () => {
  it('once heartbeats could be heard for a lease time', async () => {
    const listener = await listening();
    await listener.listenFor(leaseMs - 500);
    expect(await listener.longEnough()).toBe(false);
    await listener.listenFor(500);
    expect(await listener.longEnough()).toBe(true);
  });

  it.each([
    ['a stop as long as the lease, suspend or absence of the database', 14_000, leaseMs],
    ['a clock that was set forward an hour', 3_600_000, leaseMs],
    ['a stop of 4 s', 4_000, 2_000],
  ])('after %s only when so much was made up for', async (_, deafMs, neededMs) => {
    const listener = await listening();
    await listener.listenFor(60_000);
    listener.deafFor(deafMs);
    expect(await listener.longEnough()).toBe(false);
    await listener.listenFor(neededMs - 500);
    expect(await listener.longEnough()).toBe(false);
    await listener.listenFor(1_000);
    expect(await listener.longEnough()).toBe(true);
  });

  it('on a machine so busy that every look comes late', async () => {
    const listener = await listening();
    for (let tick = 0; tick < 20; tick += 1) {
      listener.deafFor(1_300);
      await listener.longEnough();
    }
    expect(await listener.longEnough()).toBe(true);
  });

  it('also after the clock was set back', async () => {
    const listener = await listening();
    await listener.listenFor(60_000);
    listener.deafFor(-3_600_000);
    expect(await listener.longEnough()).toBe(true);
  });
});

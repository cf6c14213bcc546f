import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Comparison, Problem } from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';

const asked = '/v1/compare?a=host%3Dh1&b=host%3Dh2&metric=u2k';

describe('many comparisons at once', () => {
  let fleet: CoordinatorUnderTest;
  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [simulatedHost('h1'), simulatedHost('h2')]);
  });
  afterAll(() => fleet.stop());

  it('are bounded by key, and leave the coordinator answering', async () => {
    // Whoever reads results waits, so that the comparisons pile up.
    const { replies, refused } = await fleet.db.$transaction(
      async (tx) => {
        await tx.$executeRaw`LOCK TABLE run_results IN ACCESS EXCLUSIVE MODE`;
        const replies = Array.from({ length: 24 }, () => fleet.ask<Comparison & Problem>(asked));
        const refused = await firstOf(replies, 18);
        expect((await fleet.request('/health/live')).status).toBe(200);
        return { replies, refused };
      },
      { timeout: 20_000 },
    );
    const statuses = (await Promise.all(replies)).map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array<number>(6).fill(200), ...Array<number>(18).fill(429)]);
    expect(refused[0]?.headers.get('retry-after')).toBe('3');
    expect(refused[0]?.body).toMatchObject({
      title: 'Too many comparisons at once',
      detail: 'this key has 2 comparisons under way and 4 waiting already',
    });
    expect(fleet.logLines.filter(({ level }) => ['error', 50].includes(level as string))).toEqual([]);
  });
});

/** The first so many to settle. */
function firstOf<T>(promises: readonly Promise<T>[], count: number): Promise<T[]> {
  return new Promise((resolve, reject) => {
    const settled: T[] = [];
    for (const promise of promises) {
      promise.then((value) => {
        settled.push(value);
        if (settled.length === count) resolve(settled);
      }, reject);
    }
  });
}

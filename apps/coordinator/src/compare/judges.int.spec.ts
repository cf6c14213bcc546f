import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Comparison, Problem } from '#contracts';
import { deterministicId } from '#event-store';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';

/** Enough that judging takes far longer than a few answers. */
const runsPerHost = 2_000;
const heavy = '/v1/compare?a=host%3Dh1&b=host%3Dh2&metric=u2k&resamples=20000';

async function fill({ db }: CoordinatorUnderTest): Promise<void> {
  const jobId = deterministicId('job');
  for (const hostId of ['h1', 'h2']) {
    const ids = Array.from({ length: runsPerHost }, (_, i) => deterministicId('run', hostId, String(i)));
    const labels = { host: hostId, virt: 'bare', kpti: 'off' };
    const common = { jobId, hostId, provenance: 'simulated' };
    await db.run.createMany({
      data: ids.map((runId, i) => ({
        ...{ ...common, runId, labels, executor: 'simulator', probe: 'pf', planIndex: i, replicate: i },
        ...{ state: 'completed', attempt: 1, faults: 100, seed: i, bootStateHash: hostId },
      })),
    });
    const cycles = { minCycles: 1, p5Cycles: 1, p25Cycles: 1, p75Cycles: 9, p95Cycles: 9, p99Cycles: 9, maxCycles: 9 };
    await db.runResult.createMany({
      data: ids.map((runId, i) => ({
        ...{
          ...common,
          ...cycles,
          runId,
          probe: 'pf',
          metric: 'u2k',
          generation: 'x',
          virtualization: 'bare',
          endedAt: new Date(i),
        },
        ...{ samples: 100, invalid: 0, interrupted: 0, p50Cycles: 400 + (i % 50), meanCycles: 400, tscKhz: 2_300_000 },
        histogram: new Uint8Array(),
      })),
    });
  }
}

describe('comparisons that take seconds', () => {
  let fleet: CoordinatorUnderTest;
  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [simulatedHost('h1'), simulatedHost('h2')]);
    await fill(fleet);
  });
  afterAll(() => fleet.stop());

  it('leave the coordinator answering, and are bounded by key', async () => {
    const answered: (number | 'live')[] = [];
    const gone = new AbortController();
    const heard = new Map<number, () => void>();
    const until = (answers: number) => new Promise<void>((resolve) => heard.set(answers, resolve));
    const [allRefused, oneJudged] = [until(18), until(22)];
    const note = (answer: number | 'live') => {
      answered.push(answer);
      heard.get(answered.length)?.();
    };
    const replies = Array.from({ length: 24 }, async () => {
      const reply = await fleet.ask<Comparison & Problem>(heavy, { signal: gone.signal });
      note(reply.status);
      return reply;
    });
    replies.forEach((reply) => void reply.catch(() => undefined));
    await allRefused;
    for (let asked = 0; asked < 3; asked += 1) {
      await fleet.request('/health/live');
      note('live');
    }
    await oneJudged;
    gone.abort();
    const settled = await Promise.allSettled(replies);

    expect(answered.slice(0, 22)).toEqual([...Array<number>(18).fill(429), 'live', 'live', 'live', 200]);
    const given = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(given.find(({ status }) => status === 200)?.body).toMatchObject({ a: { runs: runsPerHost } });
    const refused = given.find(({ status }) => status === 429);
    expect(refused?.headers.get('retry-after')).toBe('3');
    expect(refused?.body).toMatchObject({
      title: 'Too many comparisons at once',
      detail: 'this key has 2 comparisons under way and 4 waiting already',
      remedy: expect.stringContaining('fewer resamples') as unknown,
    });
    // Clients that hung up are no fault of ours.
    expect(fleet.logLines.filter(({ level }) => ['error', 50].includes(level as string))).toEqual([]);
  });
});

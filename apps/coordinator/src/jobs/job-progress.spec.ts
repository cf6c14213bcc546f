import { describe, expect, it } from '@jest/globals';
import { acceptedJobSpecSchema, type JobView } from '#contracts';
import { heartbeatMs, jobProgress } from './job-progress.js';

function view(completed: number, state: JobView['state'] = 'running'): JobView {
  return {
    jobId: '7f3f2c1e-8e0d-5c3a-9a53-0d6a3f5b2c11',
    state,
    outcome: state === 'ended' ? 'completed' : null,
    spec: acceptedJobSpecSchema.parse({ selector: '*', seed: 1 }),
    labels: {},
    submittedBy: 'key:local',
    submittedAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    correlationId: '0190a5c0-0000-7000-8000-000000000001',
    runs: { planned: 2 - completed, queued: 0, started: 0, completed, failed: 0, abandoned: 0, total: 2 },
    samples: 0,
    lost: 0,
  };
}

/** Plays a list of what the read model holds at each look; every change takes `stepMs` of the played clock. */
async function played(
  views: readonly JobView[],
  { stepMs = 1, abortAfter = Infinity, revokeAfter = Infinity } = {},
): Promise<string[]> {
  const controller = new AbortController();
  let look = 0;
  let clock = 0;
  const said: string[] = [];
  const events = jobProgress({
    load: () => Promise.resolve(views[Math.min(look, views.length - 1)] ?? view(0)),
    mayRead: () => Promise.resolve(look < revokeAfter),
    change: () => {
      look += 1;
      clock += stepMs;
      if (look >= abortAfter) controller.abort();
      return Promise.resolve();
    },
    now: () => clock,
    signal: controller.signal,
  });
  for await (const text of events) said.push(text);
  return said;
}

const eventNames = (said: readonly string[]): string[] =>
  said.map((text) => /^(event: \w+|retry|:)/.exec(text)?.[0] ?? text);

describe('jobProgress', () => {
  it('ends at the first look after its reader lost the right to read', async () => {
    const said = await played([view(0), view(1), view(2, 'ended')], { revokeAfter: 1 });
    expect(eventNames(said)).toEqual(['retry', 'event: progress']);
  });

  it('says every change once and ends by itself', async () => {
    const said = await played([view(0), view(0), view(1), view(2, 'ended')]);
    expect(eventNames(said)).toEqual(['retry', 'event: progress', 'event: progress', 'event: progress', 'event: end']);
    expect(JSON.parse(said.at(-1)?.split('data: ')[1] ?? '')).toMatchObject({ state: 'ended', runs: { completed: 2 } });
  });

  it('gives a job that has ended already and ends', async () => {
    expect(eventNames(await played([view(2, 'ended')]))).toEqual(['retry', 'event: progress', 'event: end']);
  });

  it('breaks a long silence with a comment, not an event', async () => {
    const said = await played([view(0), view(0), view(0), view(2, 'ended')], { stepMs: heartbeatMs });
    expect(eventNames(said)).toEqual(['retry', 'event: progress', ':', ':', 'event: progress', 'event: end']);
  });

  it('stops without an end when the client has gone', async () => {
    expect(eventNames(await played([view(0)], { abortAfter: 3 }))).toEqual(['retry', 'event: progress']);
  });

  it('writes one line of data for each event', async () => {
    for (const text of await played([view(2, 'ended')])) expect(text).toMatch(/^[^\n]+(\n[^\n]+)?\n\n$/);
  });
});

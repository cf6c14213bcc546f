import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type EventView,
  eventViewSchema,
  hostStream,
  type JobView,
  jobStream,
  type Page,
  type Problem,
} from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { measureJob } from '../../../../test/coordinator/played-runs.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';

describe('the event feed', () => {
  let fleet: CoordinatorUnderTest;
  let job: JobView;
  const page = async (query: string): Promise<Page<EventView>> =>
    (await fleet.ask<Page<EventView>>(`/v1/events${query}`)).body;

  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [simulatedHost('h1'), simulatedHost('h2')]);
    job = (
      await fleet.ask<JobView>('/v1/jobs', {
        method: 'POST',
        json: { selector: '*', runsPerHost: 2, faults: 20, warmup: 0 },
      })
    ).body;
    await measureJob(fleet, job);
  });
  afterAll(() => fleet.stop());

  it('gives every event once, in feed order, over pages', async () => {
    const all: EventView[] = [];
    let next: string | null = null;
    do {
      const some: Page<EventView> = await page(`?limit=4${next === null ? '' : `&after=${next}`}`);
      all.push(...some.items);
      next = some.nextCursor;
    } while (next !== null);
    for (const event of all) eventViewSchema.parse(event);
    // Hosts, job submitted and completed, their boot state, and for each of four runs: queued, started, recorded, completed.
    expect(all).toHaveLength(2 + 2 + 1 + 4 * 4);
    expect(new Set(all.map((event) => event.eventId)).size).toBe(all.length);
    const place = ({ at }: EventView): [bigint, bigint] => [BigInt(at.xid), BigInt(at.position)];
    const ordered = all.every((event, i) => {
      const before = all[i - 1];
      if (before === undefined) return true;
      const [[xid, position], [xidBefore, positionBefore]] = [place(event), place(before)];
      return xid > xidBefore || (xid === xidBefore && position > positionBefore);
    });
    expect(ordered).toBe(true);
  });

  it('comes newest first and of some types, each once over pages', async () => {
    const whole = (await page('?limit=1000')).items;
    for (const types of [undefined, ['RunCompleted', 'JobCompleted'], ['HostRegistered']]) {
      for (const order of ['newest', 'oldest'] as const) {
        const wanted = whole.filter(({ type }) => types?.includes(type) ?? true).map(({ eventId }) => eventId);
        const seen: string[] = [];
        let next: string | null | undefined;
        while (next !== null) {
          const query = `order=${order}&limit=2${types === undefined ? '' : `&type=${types.join(',')}`}`;
          const some: Page<EventView> = await page(`?${query}${next === undefined ? '' : `&after=${next}`}`);
          seen.push(...some.items.map(({ eventId }) => eventId));
          next = some.nextCursor;
        }
        expect(seen).toEqual(order === 'oldest' ? wanted : wanted.reverse());
      }
    }
    const ofJob = await page(`?stream=${jobStream(job.jobId)}&order=newest&limit=1`);
    expect(ofJob.items.map(({ type }) => type)).toEqual(['JobCompleted']);
    const { status, body } = await fleet.ask<Problem>('/v1/events?type=RunComplete');
    expect([status, body.errors?.[0]]).toEqual([
      400,
      expect.objectContaining({ field: 'type', message: expect.stringContaining('perhaps RunCompleted') }),
    ]);
  });

  it('can be followed from the last event seen', async () => {
    const last = (await page('?limit=1000')).items.at(-1);
    const after = `${last?.at.xid}:${last?.at.position}`;
    expect(await page(`?after=${after}`)).toEqual({ items: [], nextCursor: null });
    const { body } = await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json: { hosts: ['h1'], runsPerHost: 1 } });
    // The feed holds an event back while an older transaction of the server is open, of another test's database too.
    let next: EventView | undefined;
    while (next === undefined) next = (await page(`?after=${after}`)).items[0];
    expect(next).toMatchObject({ type: 'JobSubmitted', stream: jobStream(body.jobId) });
  });

  it('of one stream, from a place on', async () => {
    const { items } = await page(`?stream=${hostStream('h2')}`);
    expect(items.map((event) => [event.type, event.version])).toEqual([['HostRegistered', 1]]);
    const [submitted] = (await page(`?stream=${jobStream(job.jobId)}&limit=1`)).items;
    const rest = await page(`?stream=${jobStream(job.jobId)}&after=${submitted?.at.xid}:${submitted?.at.position}`);
    expect(rest.items.map((event) => event.type)).toEqual(['JobCompleted']);
    expect(await page('?stream=host-nowhere')).toEqual({ items: [], nextCursor: null });
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type Cause, scheduleSpecSchema, type ScheduleSpecInput } from '#contracts';
import { append, createPrisma, type PrismaClient } from '#event-store';
import { pino } from 'pino';
import { eventually } from '../../../../test/eventually.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { catchUp } from '../../../../test/fleet/read-model.js';
import { registerHost } from '../../../../test/fleet/story.js';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import type { Settings } from '../environment.js';
import type { ReadModelProgress } from '../read-model/read-model-progress.js';
import { actOnSchedule } from './act-on-schedule.js';
import { findSchedule, listSchedules } from './schedule-queries.js';
import { ScheduleWatch } from './schedule-watch.js';
import { settleSchedule, type SettleOptions } from './settle-schedule.js';

jest.setTimeout(120_000);

let database: FreshDatabase;
let db: PrismaClient;
const cause: Cause = { correlationId: randomUUID(), causationId: null, actor: 'key:test' };
const at = (text: string): number => Date.parse(text);
const due = '2026-11-28T02:00:00.000Z';
const dueMs = at(due);

beforeAll(async () => {
  database = await freshDatabase();
  db = createPrisma(database.coordinatorUrl);
  await registerHost(db, simulatedHost('h1'));
  await catchUp(db, database.coordinatorUrl);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

/** A nightly schedule of its own name, set at `now`. */
async function made(more: Partial<ScheduleSpecInput> = {}, now = '2026-11-27T12:00:00.000Z'): Promise<string> {
  const name = `s-${randomUUID()}`;
  const spec = scheduleSpecSchema.parse({ job: { selector: '*', runsPerHost: 1 }, cron: '0 2 * * *', ...more });
  await actOnSchedule(db, name, { type: 'set', name, spec, now }, cause);
  return name;
}

const settle = (name: string, nowMs: number, more: Partial<SettleOptions> = {}): Promise<boolean> =>
  settleSchedule({ db, correlationId: randomUUID(), nowMs, ...more }, name);
const lastOf = async (name: string) => (await findSchedule(db, name)).last;

/** Jobs of a schedule, by what the store says. */
async function jobsOf(name: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ stream: string }[]>`
    SELECT stream FROM events WHERE type = 'JobSubmitted' AND data->'spec'->>'name' LIKE ${`${name} %`}`;
  return rows.map(({ stream }) => stream.slice('job-'.length));
}

describe('a time of a schedule', () => {
  it('gets its job when it comes, not before, and not again', async () => {
    const name = await made();
    expect(await settle(name, dueMs - 1)).toBe(false);
    expect(await settle(name, dueMs)).toBe(true);
    expect(await settle(name, dueMs + 60_000)).toBe(false);
    const jobs = await jobsOf(name);
    expect(jobs).toHaveLength(1);
    expect(await lastOf(name)).toMatchObject({ dueAt: due, jobId: jobs[0], skipped: null, missed: 0 });
  });

  it('has one job, whichever of several coordinators gets there first', async () => {
    const name = await made();
    const settled = await Promise.all(Array.from({ length: 4 }, () => settle(name, dueMs)));
    expect(settled.filter(Boolean)).toHaveLength(1);
    expect(await jobsOf(name)).toHaveLength(1);
  });

  it('has one job also after a crash between the job and what the schedule says of it', async () => {
    const name = await made();
    const crash: typeof append = () => Promise.reject(new Error('crash'));
    await expect(settle(name, dueMs, { append: crash })).rejects.toThrow('crash');
    const jobs = await jobsOf(name);
    expect(jobs).toHaveLength(1);
    // Changed meanwhile: the job is the one of before.
    expect(await settle(name, dueMs + 1_000)).toBe(true);
    expect(await jobsOf(name)).toEqual(jobs);
    expect(await lastOf(name)).toMatchObject({ jobId: jobs[0] });
  });

  it('is known to have its job after such a crash also when another time has come meanwhile', async () => {
    const name = await made();
    const crash: typeof append = () => Promise.reject(new Error('crash'));
    await expect(settle(name, dueMs, { append: crash })).rejects.toThrow('crash');
    const jobs = await jobsOf(name);
    const dayAfter = dueMs + 86_400_000;
    expect(await settle(name, dayAfter)).toBe(true);
    expect(await lastOf(name)).toMatchObject({ dueAt: due, jobId: jobs[0], missed: 0 });
    // It has not ended.
    expect(await settle(name, dayAfter)).toBe(true);
    expect(await lastOf(name)).toMatchObject({ dueAt: '2026-11-29T02:00:00.000Z', jobId: null, missed: 0 });
    expect(await jobsOf(name)).toEqual(jobs);
  });

  it('is known to have its job after such a crash, however late, where nothing is made up for', async () => {
    const name = await made({ catchUp: 'skip' });
    const crash: typeof append = () => Promise.reject(new Error('crash'));
    await expect(settle(name, dueMs, { append: crash })).rejects.toThrow('crash');
    expect(await settle(name, dueMs + 3_600_000)).toBe(true);
    expect(await lastOf(name)).toMatchObject({ dueAt: due, jobId: (await jobsOf(name))[0], skipped: null });
  });

  it('is not made up for within a blackout', async () => {
    const name = await made({ blackouts: [{ from: '08:00', to: '18:00' }] });
    expect(await settle(name, at('2026-11-28T12:00:00Z'))).toBe(true);
    expect(await jobsOf(name)).toEqual([]);
    expect(await lastOf(name)).toMatchObject({ dueAt: due, skipped: expect.stringContaining('08:00 to 18:00') });
  });

  it('comes by the clock of PostgreSQL, whatever that of a coordinator shows', async () => {
    const name = await made({ cron: '0 0 1 1 *' }, new Date().toISOString());
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 2 * 366 * 86_400_000);
    try {
      expect(await settleSchedule({ db, correlationId: randomUUID() }, name)).toBe(false);
    } finally {
      now.mockRestore();
    }
  });

  it('is made up for once, after nobody was there for days, or not at all', async () => {
    const late = at('2026-12-03T12:00:00Z');
    const latest = await made();
    expect(await settle(latest, late)).toBe(true);
    expect(await lastOf(latest)).toMatchObject({ dueAt: '2026-12-03T02:00:00.000Z', missed: 5, skipped: null });
    expect(await settle(latest, late)).toBe(false);
    const skipping = await made({ catchUp: 'skip' });
    expect(await settle(skipping, late)).toBe(true);
    expect(await lastOf(skipping)).toMatchObject({ jobId: null, skipped: 'no coordinator ran at that time' });
    expect(await jobsOf(skipping)).toEqual([]);
  });

  it('is skipped while the job before has not ended, unless it may overlap', async () => {
    for (const overlap of ['skip', 'allow'] as const) {
      const name = await made({ overlap });
      await settle(name, dueMs);
      // Without catchUp: the read model has not heard of the job.
      expect(await settle(name, dueMs + 86_400_000)).toBe(true);
      expect(await jobsOf(name)).toHaveLength(overlap === 'skip' ? 1 : 2);
      const skipped = overlap === 'skip' ? expect.stringMatching(/^job .* has not ended$/) : null;
      expect(await lastOf(name)).toMatchObject({ dueAt: '2026-11-29T02:00:00.000Z', skipped });
    }
  });

  it('that falls into a blackout is skipped, and says so', async () => {
    const name = await made({ blackouts: [{ days: ['sat'], from: '00:00', to: '12:00' }] });
    expect(await settle(name, dueMs)).toBe(true);
    expect(await lastOf(name)).toMatchObject({ jobId: null, skipped: expect.stringContaining('sat 00:00 to 12:00') });
  });

  it('whose job can not be planned is skipped with the reason', async () => {
    const name = await made({ job: { selector: 'host=gone', runsPerHost: 1 } });
    expect(await settle(name, dueMs)).toBe(true);
    expect(await lastOf(name)).toMatchObject({ jobId: null, skipped: expect.stringContaining('the job was refused') });
  });

  it('gets its job, and the coordinator ends, while the queue is away', async () => {
    const name = await made({ cron: '* * * * *' }, '2020-01-01T00:00:00.000Z');
    await catchUp(db, database.coordinatorUrl);
    const readModel = { wanted: () => undefined } as unknown as ReadModelProgress;
    // Nothing listens there, and Redis is waited for until it does.
    const settings = { queueUrl: 'redis://127.0.0.1:1/0' } as Settings;
    const watch = new ScheduleWatch(db, pino({ enabled: false }), settings, readModel);
    watch.onApplicationBootstrap();
    await eventually('a time is settled', async () => (await lastOf(name)) !== null);
    await watch.beforeApplicationShutdown();
  });

  it('passes while the schedule is paused or removed', async () => {
    const [paused, removed] = [await made(), await made()];
    await actOnSchedule(db, paused, { type: 'pause', note: 'a heat wave' }, cause);
    await actOnSchedule(db, removed, { type: 'remove', note: null }, cause);
    expect(await settle(paused, dueMs)).toBe(false);
    expect(await settle(removed, dueMs)).toBe(false);
    await actOnSchedule(db, paused, { type: 'resume', now: '2026-11-28T12:00:00.000Z' }, cause);
    expect(await settle(paused, at('2026-11-28T13:00:00Z'))).toBe(false);
    await catchUp(db, database.coordinatorUrl);
    const names = async (state?: 'removed') =>
      (await listSchedules(db, { limit: 200, ...(state === undefined ? {} : { state }) })).items.map(
        ({ name }) => name,
      );
    expect(await names()).toEqual(expect.arrayContaining([paused]));
    expect(await names()).not.toContain(removed);
    expect(await names('removed')).toEqual([removed]);
  });
});

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type RouteView, routeViewSchema } from '#contracts';
import { createPrisma, type PrismaClient } from '#event-store';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { catchUp } from '../../../../test/fleet/read-model.js';
import { registerHost } from '../../../../test/fleet/story.js';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { lookAtCause } from './look-at-cause.js';
import { hosts, notificationCases, truthTable } from './testing/cases.js';

jest.setTimeout(120_000);

let database: FreshDatabase;
let db: PrismaClient;
let cases = 0;

beforeAll(async () => {
  database = await freshDatabase();
  db = createPrisma(database.coordinatorUrl);
  for (const [hostId, rack] of Object.entries(hosts)) {
    await registerHost(db, { ...simulatedHost(hostId), labels: rack === null ? {} : { rack } });
  }
  await catchUp(db, database.coordinatorUrl);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

/** A quiet fleet again. */
beforeEach(async () => {
  await db.$executeRaw`
    INSERT INTO worker_presence (host_id, worker_id, seen_at, contract_version) SELECT host_id, worker_id, now(), 1 FROM hosts
        ON CONFLICT (host_id) DO UPDATE SET seen_at = now()`;
  await db.hostService.deleteMany();
  await db.finding.deleteMany();
  await db.runResult.deleteMany();
  await db.run.deleteMany();
  await db.job.deleteMany();
  await db.hostNoise.deleteMany();
  await db.$executeRaw`DELETE FROM daily_series`;
  await db.$executeRaw`DELETE FROM segments`;
  await db.$executeRaw`DELETE FROM series_months`;
  cases += 1;
});

function routeOf(selector = '*'): RouteView {
  const at = new Date(Date.now() - 3_600_000).toISOString();
  return routeViewSchema.parse({
    ...{ name: `case-${cases}`, state: 'active', format: 'json', causes: ['noise'], selector, groupBy: 'rack' },
    ...{ origin: 'https://hooks.example', setBy: 'key:ann', setAt: at, activeSince: at, paused: null },
  });
}

describe('what a route is told', () => {
  it.each(
    notificationCases.map((one) => [`${one.cause}: ${one.steps.map(({ fleet }) => fleet).join('; ')}`, one] as const),
  )('%s', async (_, { cause, steps, selector, couldHear = true }) => {
    const route = routeOf(selector);
    const asked = { db, route, couldHear: () => Promise.resolve(couldHear) };
    const known = new Set<string>();
    for (const { fleet, make, tells } of steps) {
      await make(db);
      await lookAtCause(asked, cause);
      // What is over is seen by the look after the one that saw it begin to be quiet.
      const rows = await db.notification.findMany({ where: { route: route.name }, orderBy: { madeAt: 'asc' } });
      const titles = rows
        .filter(({ messageId }) => !known.has(messageId))
        .map(({ content }) => (content as { title: string }).title);
      expect({ fleet, tells: titles.sort() }).toEqual({ fleet, tells: [...tells].sort() });
      for (const { messageId } of rows) known.add(messageId);
    }
  });

  it('is in docs/notifications.md', async () => {
    const text = await readFile(new URL('../../../../docs/notifications.md', import.meta.url), 'utf8');
    const rows = text
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    for (const row of truthTable()) expect(rows).toContainEqual(row);
  });
});

describe('messages', () => {
  const silence = () =>
    db.$executeRaw`UPDATE worker_presence SET seen_at = now() - interval '6 minutes' WHERE host_id = 'h1'`;

  it('are made once by coordinators that look at the same time', async () => {
    const route = routeOf();
    await silence();
    const asked = { db, route, couldHear: () => Promise.resolve(true) };
    const made = await Promise.all(Array.from({ length: 6 }, () => lookAtCause(asked, 'host-silent')));
    expect(made.filter((count) => count > 0)).toEqual([1]);
    expect(await db.notification.count({ where: { route: route.name } })).toBe(1);
  });

  it('are not made of what a coordinator saw before another one looked', async () => {
    const route = routeOf();
    await silence();
    const fast = { db, route, couldHear: () => Promise.resolve(true) };
    // While the slow one looks, the host is told, is back, and that is told.
    const couldHear = async (): Promise<boolean> => {
      await lookAtCause(fast, 'host-silent');
      return true;
    };
    expect(await lookAtCause({ ...fast, couldHear }, 'host-silent')).toBe(0);
    expect(await db.notification.count({ where: { route: route.name } })).toBe(1);
  });
});

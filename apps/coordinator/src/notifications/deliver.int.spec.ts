import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Cause, setRouteSchema } from '#contracts';
import { createPrisma, type PrismaClient } from '#event-store';
import { catchUp } from '../../../../test/fleet/read-model.js';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { isSignedWith, webhookReceiver, type WebhookReceiver } from '../../../../test/webhook/webhook-receiver.js';
import { actOnRoute, rotateSecret, setRoute } from './act-on-route.js';
import { deliverDue, type DeliverOptions, sendTest } from './deliver.js';
import { dropMessages } from './drop-messages.js';
import { listMessages } from './message-queries.js';
import type { MessageContent } from './message.js';
import { replay } from './replay.js';
import { toldRoute } from './route-queries.js';
import { forgetTargets } from './targets.js';

jest.setTimeout(120_000);

let database: FreshDatabase;
let db: PrismaClient;
let receiver: WebhookReceiver;
let route: string;
let secret: string;
const cause: Cause = { correlationId: randomUUID(), causationId: null, actor: 'key:ann' };
const surroundings = { publicUrl: 'https://fleet.example' };
const caughtUp = () => catchUp(db, database.coordinatorUrl);

beforeAll(async () => {
  database = await freshDatabase();
  db = createPrisma(database.coordinatorUrl);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});
beforeEach(async () => {
  receiver = await webhookReceiver();
  route = `r-${randomUUID()}`;
  const made = await setRoute(db, route, setRouteSchema.parse({ url: receiver.url, format: 'json' }), cause);
  secret = made.secret ?? '';
  await caughtUp();
});
afterEach(async () => {
  await receiver.stop();
  // What is left waiting is no concern of the next test.
  await actOnRoute(db, route, { type: 'remove', note: null }, cause);
  await caughtUp();
  await dropMessages(db);
});

/** A message that waits. */
async function message(title = 'h1 is silent', about: string | null = null): Promise<string> {
  const messageId = randomUUID();
  const startsAt = new Date().toISOString();
  const content: MessageContent = {
    ...{ cause: 'host-silent', status: about === null ? 'firing' : 'resolved', title, lines: [], hosts: ['h1'] },
    ...{
      group: { label: 'rack', value: 'r7' },
      startsAt,
      endsAt: about === null ? null : startsAt,
      page: '/#/hosts/h1',
    },
  };
  const now = new Date();
  const row = { messageId, route, cause: 'host-silent', status: content.status, about, content, madeAt: now };
  await db.notification.create({
    data: { ...row, state: 'waiting', nextAt: now, giveUpAt: new Date(now.getTime() + 86_400_000) },
  });
  return messageId;
}

const deliver = (more: Partial<DeliverOptions> = {}): Promise<number> => deliverDue({ db, surroundings, ...more });
const rowOf = (messageId: string) => db.notification.findUniqueOrThrow({ where: { messageId } });
/** The time has come for the next try. */
const due = (messageId: string) => db.notification.update({ where: { messageId }, data: { nextAt: new Date(0) } });
const idsReceived = () => receiver.received.map(({ headers }) => headers['webhook-id']);

describe('a message', () => {
  it('arrives once, and signed', async () => {
    const id = await message();
    expect(await deliver()).toBe(1);
    expect(await deliver()).toBe(0);
    expect(await rowOf(id)).toMatchObject({ state: 'delivered', attempts: 1, lastStatus: 200, lastError: null });
    const [received] = receiver.received;
    expect(isSignedWith(secret, received)).toBe(true);
    expect(isSignedWith('whsec_AAAA', received)).toBe(false);
    expect(JSON.parse(received?.body ?? '')).toMatchObject({
      type: 'xperf.host-silent.firing',
      data: { messageId: id, title: 'h1 is silent', link: 'https://fleet.example/#/hosts/h1' },
    });
  });

  it('is tried again when the receiver fails, with the reason, and arrives under the same id', async () => {
    const id = await message();
    for (const [answers, lastStatus, lastError] of [
      [500, 500, 'it answered 500'],
      [404, 404, 'it answered 404'],
      ['close', null, expect.stringMatching(/^the connection broke before an answer came/)],
      ['hang', null, 'no answer within 0.05 s'],
    ] as const) {
      receiver.answers = answers;
      await due(id);
      expect(await deliver(answers === 'hang' ? { limits: { withinMs: 50 } } : {})).toBe(1);
      expect(await rowOf(id)).toMatchObject({ state: 'waiting', lastStatus, lastError });
    }
    receiver.answers = 200;
    // Not before its time.
    expect(await deliver()).toBe(0);
    await due(id);
    await deliver();
    expect(await rowOf(id)).toMatchObject({ state: 'delivered', attempts: 5, lastStatus: 200, lastError: null });
    expect(new Set(idsReceived())).toEqual(new Set([id]));
  });

  it('says that nobody listens', async () => {
    const id = await message();
    await receiver.stop();
    await deliver();
    expect(await rowOf(id)).toMatchObject({ state: 'waiting', lastError: 'nobody listens there (ECONNREFUSED)' });
  });

  it('does not follow a redirect, wherever it leads', async () => {
    const other = await webhookReceiver();
    receiver.answers = (response) => response.writeHead(307, { location: other.url }).end();
    const id = await message();
    await deliver();
    expect(await rowOf(id)).toMatchObject({ lastError: 'it answered 307, and redirects are not followed' });
    expect(other.received).toEqual([]);
    await other.stop();
  });

  it('waits for as long as the receiver asks', async () => {
    receiver.answers = (response) => response.writeHead(429, { 'retry-after': '1800' }).end();
    const id = await message();
    const before = Date.now();
    await deliver();
    const { nextAt } = await rowOf(id);
    expect((nextAt?.getTime() ?? 0) - before).toBeGreaterThanOrEqual(1_700_000);
  });

  it('counts as delivered when the receiver takes it and breaks off its answer', async () => {
    receiver.answers = (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      response.socket?.destroy();
    };
    const id = await message();
    await deliver();
    // Whether the head or the end of the connection is seen first: either way it is not lost.
    expect(['delivered', 'waiting']).toContain((await rowOf(id)).state);
  });

  it('that a receiver refuses for a day is given up, kept, and sent again when somebody asks', async () => {
    receiver.answers = 500;
    const id = await message();
    await deliver();
    await db.notification.update({ where: { messageId: id }, data: { giveUpAt: new Date(0), nextAt: new Date(0) } });
    await deliver();
    expect(await rowOf(id)).toMatchObject({ state: 'dead', attempts: 2, nextAt: null, lastError: 'it answered 500' });
    expect(await deliver()).toBe(0);
    receiver.answers = 200;
    expect(await replay(db, { route }, 'key:ann')).toEqual({ replayed: [id] });
    expect(await replay(db, { route }, 'key:ann')).toEqual({ replayed: [] });
    await deliver();
    expect(await rowOf(id)).toMatchObject({ state: 'delivered', replayedBy: 'key:ann' });
    expect(idsReceived()).toEqual([id, id, id]);
  });

  it('is sent again, under the same id, when a coordinator ends between the try and what it says of it', async () => {
    const id = await message();
    const crash = () => Promise.reject(new Error('crash'));
    await expect(deliver({ record: crash })).rejects.toThrow('crash');
    // Nobody else takes it while the one that ended may still be at it.
    expect(await deliver()).toBe(0);
    await db.notification.update({ where: { messageId: id }, data: { claimedUntil: new Date(0) } });
    await deliver();
    expect(await rowOf(id)).toMatchObject({ state: 'delivered', attempts: 2 });
    expect(idsReceived()).toEqual([id, id]);
  });

  it('is tried by one of several coordinators', async () => {
    const ids = [await message('one'), await message('two')];
    const tried = await Promise.all(Array.from({ length: 5 }, () => deliver()));
    // The second has its turn when the first is through.
    while ((await deliver()) > 0);
    expect(tried.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(1);
    expect(idsReceived().sort()).toEqual(ids.sort());
  });

  it('that tells an end waits for its beginning', async () => {
    receiver.answers = 500;
    const begun = await message('h1 is silent');
    await deliver();
    const ended = await message('Over: h1 is silent', begun);
    receiver.answers = 200;
    expect(await deliver()).toBe(0);
    await due(begun);
    while ((await deliver()) > 0);
    expect(idsReceived()).toEqual([begun, begun, ended]);
  });

  it('does not wait for another route, whose receiver hangs', async () => {
    receiver.answers = 'hang';
    const hanging = await message();
    const stuck = deliver({ limits: { withinMs: 60_000 } });
    const other = { receiver, route, secret };
    receiver = await webhookReceiver();
    route = `${route}-2`;
    await setRoute(db, route, setRouteSchema.parse({ url: receiver.url, format: 'slack' }), cause);
    await caughtUp();
    const id = await message();
    await deliver();
    expect(await rowOf(id)).toMatchObject({ state: 'delivered' });
    expect(await rowOf(hanging)).toMatchObject({ state: 'waiting' });
    await other.receiver.stop();
    await stuck;
  });
});

describe('a route', () => {
  it('that is paused drops what waits, says so, and lets nothing be sent again', async () => {
    receiver.answers = 500;
    const id = await message();
    await deliver();
    const item = { route, cause: 'host-silent', item: 'h1', messageId: id };
    await db.notificationItem.create({ data: item });
    await actOnRoute(db, route, { type: 'pause', note: 'maintenance' }, cause);
    await caughtUp();
    await dropMessages(db);
    expect(await rowOf(id)).toMatchObject({ state: 'dropped', lastError: 'the route was paused' });
    // It is told when the route is resumed, if it is still so.
    expect(await db.notificationItem.count({ where: { route } })).toBe(0);
    await expect(replay(db, { messageIds: [id] }, 'key:ann')).rejects.toMatchObject({ status: 422 });
    await actOnRoute(db, route, { type: 'resume' }, cause);
    await caughtUp();
    receiver.answers = 200;
    await replay(db, { messageIds: [id] }, 'key:ann');
    await db.notification.update({ where: { messageId: id }, data: { claimedUntil: null } });
    await deliver();
    expect(await rowOf(id)).toMatchObject({ state: 'delivered' });
  });

  it('whose secret was rotated signs with both for a day, then with the new one', async () => {
    const rotated = await rotateSecret(db, route, cause);
    await caughtUp();
    await message();
    await deliver();
    for (const one of [secret, rotated.secret ?? '']) expect(isSignedWith(one, receiver.received[0])).toBe(true);
    expect(rotated.secret).not.toBe(secret);
    const tables = await db.notificationTarget.findMany({ where: { route } });
    expect(tables).toHaveLength(2);
    const old = createPrisma(database.adminUrl);
    await old.$executeRaw`UPDATE notification_targets SET made_at = now() - interval '2 hours', previous_until = now() - interval '1 hour'`;
    await old.$disconnect();
    await forgetTargets(db);
    expect(await db.notificationTarget.findMany({ where: { route } })).toHaveLength(1);
    await message();
    await deliver();
    expect(isSignedWith(secret, receiver.received[1])).toBe(false);
    expect(isSignedWith(rotated.secret ?? '', receiver.received[1])).toBe(true);
  });

  it('keeps its secret when its URL changes, and tells neither to anybody', async () => {
    const other = await webhookReceiver();
    const changed = await setRoute(db, route, setRouteSchema.parse({ url: other.url, format: 'json' }), cause);
    expect(changed).toMatchObject({ secret: null, origin: new URL(other.url).origin });
    const stored = await db.$queryRaw<
      { text: string }[]
    >`SELECT data::text AS text FROM events WHERE stream LIKE 'notification-%'`;
    const told = JSON.stringify([changed, stored, await listMessages(db, { limit: 50 })]);
    expect(told).not.toContain('secret-path');
    expect(told).not.toContain(secret.slice(10));
    await caughtUp();
    await message();
    await deliver();
    expect(isSignedWith(secret, other.received[0])).toBe(true);
    await other.stop();
  });

  it('is tested once, also while it is paused, and the log has it', async () => {
    await actOnRoute(db, route, { type: 'pause', note: null }, cause);
    const ids = [await sendTest(db, await toldRoute(db, route), 'key:ann', surroundings)];
    receiver.answers = 503;
    ids.push(await sendTest(db, await toldRoute(db, route), 'key:ann', surroundings));
    expect(await rowOf(ids[0] ?? '')).toMatchObject({ state: 'delivered', status: 'test', lastStatus: 200 });
    expect(await rowOf(ids[1] ?? '')).toMatchObject({ state: 'dead', lastError: 'it answered 503' });
    expect(idsReceived()).toEqual(ids);
  });

  it('can be read by nobody else’s login', async () => {
    const reader = createPrisma(database.readerUrl);
    await expect(reader.$queryRaw`SELECT url FROM notification_targets`).rejects.toThrow(/permission denied/);
    await reader.$disconnect();
  });
});

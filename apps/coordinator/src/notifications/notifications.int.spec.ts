import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MessageView, Page, Problem, RouteWithSecret } from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { eventually } from '../../../../test/eventually.js';
import { untilFilled } from '../../../../test/fleet/read-model.js';
import { isSignedWith, webhookReceiver, type WebhookReceiver } from '../../../../test/webhook/webhook-receiver.js';

let fleet: CoordinatorUnderTest;
let receiver: WebhookReceiver;
let secret: string;
beforeAll(async () => {
  [fleet, receiver] = await Promise.all([startCoordinator(), webhookReceiver()]);
  // Tables are swapped when they are filled, and a row that a test puts there is gone.
  await untilFilled(fleet.db);
});
afterAll(async () => {
  await fleet.stop();
  await receiver.stop();
});

const routePath = '/v1/notification-routes/ops';
const set = <T = RouteWithSecret>(json: object) => fleet.ask<T>(routePath, { method: 'PUT', json });

describe('a route', () => {
  it('is refused with what is wrong in it', async () => {
    const { status, body } = await set<Problem>({
      url: 'http://hooks.example/x',
      format: 'teams',
      causes: [],
      rack: 1,
    });
    expect(status).toBe(400);
    expect(body.errors?.map(({ field }) => field)).toEqual(expect.arrayContaining(['url', 'format', 'causes', 'rack']));
    const without = await set<Problem>({ format: 'json' });
    expect({ status: without.status, errors: without.body.errors }).toMatchObject({
      status: 422,
      errors: [{ field: 'url' }],
    });
    const typo = await set<Problem>({ url: receiver.url, format: 'json', selector: 'rak=r7' });
    expect({ status: typo.status, errors: typo.body.errors }).toMatchObject({
      status: 422,
      errors: [{ field: 'selector' }],
    });
    expect((await fleet.ask(routePath)).status).toBe(404);
  });

  it('is made, tells its secret once, and is tested', async () => {
    const made = await set({ url: receiver.url, format: 'json', causes: ['job-failed'] });
    expect(made).toMatchObject({ status: 200, body: { state: 'active', origin: new URL(receiver.url).origin } });
    expect(made.headers.get('cache-control')).toBe('no-store');
    secret = made.body.secret ?? '';
    expect(secret).toMatch(/^whsec_/);
    expect((await set({ format: 'json', causes: ['job-failed'] })).body.secret).toBeNull();
    const { status, body } = await fleet.ask<MessageView>(`${routePath}/test`, { method: 'POST' });
    expect({ status, body }).toMatchObject({ status: 200, body: { state: 'delivered', lastStatus: 200 } });
    expect(isSignedWith(secret, receiver.received[0])).toBe(true);
  });

  it('is told by a coordinator that runs, without anybody’s doing', async () => {
    await fleet.readModelHas('notification-route-ops');
    const jobId = randomUUID();
    await fleet.db.job.create({
      data: {
        ...{
          jobId,
          spec: { name: 'nightly' },
          bodyHash: '',
          submittedBy: 'key:ann',
          correlationId: jobId,
          runsTotal: 1,
        },
        ...{ submittedAt: new Date(), state: 'ended', outcome: 'failed', endedAt: new Date() },
      },
    });
    const received = await eventually('the message arrives', () => receiver.received[1]);
    expect(JSON.parse(received.body)).toMatchObject({
      type: 'xperf.job-failed.firing',
      data: { title: expect.stringContaining('nightly') },
    });
    const { body } = await eventually('the log has it', async () => {
      const log = await fleet.ask<Page<MessageView>>('/v1/notifications?route=ops&cause=job-failed');
      return log.body.items[0]?.state === 'delivered' ? log : null;
    });
    expect(body.items).toHaveLength(1);
  });

  it('has its messages sent again, and says which there are not', async () => {
    const replay = <T>(json: object) => fleet.ask<T>('/v1/notifications/replay', { method: 'POST', json });
    const { body: log } = await fleet.ask<Page<MessageView>>('/v1/notifications?route=ops&cause=job-failed');
    const messageIds = log.items.map(({ messageId }) => messageId);
    expect((await replay({ messageIds })).body).toEqual({ replayed: messageIds });
    const again = await eventually('it arrives again', () => receiver.received[2]);
    expect(again.headers['webhook-id']).toBe(messageIds[0]);
    expect((await replay({ messageIds: [randomUUID()] })).status).toBe(422);
    expect((await replay({ route: 'opps' })).status).toBe(404);
    expect((await replay({ route: 'ops', messageIds })).status).toBe(400);
  });

  it('that was removed takes nothing but being made anew', async () => {
    expect((await fleet.ask(routePath, { method: 'DELETE' })).status).toBe(200);
    for (const what of ['pause', 'resume', 'rotate'])
      expect([what, (await fleet.ask(`${routePath}/${what}`, { method: 'POST', json: {} })).status]).toEqual([
        what,
        409,
      ]);
    expect((await fleet.ask(`${routePath}/test`, { method: 'POST' })).status).toBe(404);
    expect((await set({ url: receiver.url, format: 'slack' })).body.secret).toMatch(/^whsec_/);
  });

  it('leaves neither its URL nor its secret in the log of the coordinator', () => {
    const log = JSON.stringify(fleet.logLines);
    expect(log).toContain('/v1/notification-routes');
    expect(log).not.toContain('secret-path');
    expect(log).not.toContain(secret.slice(10));
  });
});

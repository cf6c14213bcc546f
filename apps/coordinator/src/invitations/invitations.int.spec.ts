import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  contractVersion,
  type JoinReply,
  type MadeInvitation,
  type Page,
  type InvitationView,
  type Problem,
} from '#contracts';
import { deterministicId } from '#event-store';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { eventually } from '../../../../test/eventually.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import type { Settings } from '../environment.js';
import { join as exchange } from './join.js';

let fleet: CoordinatorUnderTest;
beforeAll(async () => {
  // On Redis the queue's login is not the database's, so that workers need an address of it; nobody connects here.
  const onRedis = process.env['QUEUE_URL']?.startsWith('redis') === true;
  fleet = await startCoordinator({
    ...{ XF_PUBLIC_URL: 'https://fleet.example/', LEASE_MS: '60000' },
    ...(onRedis ? { XF_WORKER_QUEUE_URL: 'rediss://queue.example:6379' } : {}),
  });
});
afterAll(() => fleet.stop());

async function invite(json: object = {}): Promise<MadeInvitation> {
  const { status, body } = await fleet.ask<MadeInvitation>('/v1/invitations', { method: 'POST', json });
  expect(status).toBe(201);
  return body;
}

function join<T = JoinReply>(token: string, hostId: string) {
  return fleet.ask<T>('/v1/join', { method: 'POST', key: null, json: { token, hostId } });
}

async function joined(hostId: string, invitation: object = {}): Promise<JoinReply> {
  const { status, body } = await join((await invite(invitation)).token, hostId);
  expect({ hostId, status }).toEqual({ hostId, status: 201 });
  return body;
}

/** Registers with the key that a worker got. @returns the status */
async function register(workerId: string, key: string): Promise<number> {
  const json = {
    ...{ contractVersion, hosts: [simulatedHost(workerId)] },
    ...{ instanceId: deterministicId('instance', workerId), sessionId: deterministicId('session', workerId) },
  };
  return (await fleet.ask(`/v1/workers/${workerId}`, { method: 'PUT', key, json })).status;
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // An ended session tells so here as well as by its next query.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The worker goes silent: nobody has heard of its host for a day. */
async function silence(hostId: string): Promise<void> {
  await fleet.db.$executeRaw`
    WITH gone AS (UPDATE worker_presence SET seen_at = now() - interval '1 day' WHERE host_id = ${hostId} RETURNING session_id)
    UPDATE worker_sessions SET seen_at = now() - interval '1 day' WHERE session_id IN (SELECT session_id FROM gone)`;
}

describe('an invitation', () => {
  it('is exchanged for a key and a login of one worker alone, with the labels that it was given', async () => {
    const made = await invite({ labels: { rack: 'r7' }, validFor: '8h' });
    expect(made).toMatchObject({ state: 'open', hostId: null, url: 'https://fleet.example', keyId: null });
    expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBeGreaterThan(7.9 * 3_600_000);

    const { status, body, headers } = await join(made.token, 'joined-1');
    expect({ status, cached: headers.get('cache-control') }).toEqual({ status: 201, cached: 'no-store' });
    expect(body).toMatchObject({ workerId: 'joined-1', labels: { rack: 'r7' } });
    expect(await register('joined-1', body.key)).toBe(200);

    const client = await connect(body.databaseUrl);
    const { rows } = await client.query<{ login: string; worker: boolean; super: boolean }>(
      `SELECT current_user AS login, pg_has_role('xf_worker', 'USAGE') AS worker,
              (SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user) AS super`,
    );
    expect(rows).toEqual([{ login: expect.stringMatching(/^xf_worker_[0-9a-f]{16}$/), worker: true, super: false }]);
    await expect(client.query('SELECT 1 FROM events')).rejects.toThrow('permission denied');
    await expect(client.query(`SELECT make_worker_login('xf_worker_0000000000000000', '')`)).rejects.toThrow(
      'permission',
    );
    await client.end();

    const { body: all } = await fleet.ask<Page<InvitationView>>('/v1/invitations?limit=1');
    expect(all.items).toMatchObject([{ invitationId: made.invitationId, state: 'used', hostId: 'joined-1' }]);
  });

  it('is good once, however many come at the same moment', async () => {
    const { token } = await invite();
    const replies = await Promise.all([1, 2, 3, 4].map((n) => join<Problem>(token, `at-once-${n}`)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const { body } = await join<Problem>(token, 'too-late');
    expect(body).toMatchObject({
      type: 'urn:xperf-fleet:problem:invitation-used',
      detail: expect.stringMatching(/^at-once-\d joined with it at 2/),
      remedy: 'ask for another: xf hosts invite',
    });
  });

  it('expires, by the database’s clock', async () => {
    const { token, invitationId } = await invite({ validFor: '1m' });
    await fleet.db.$executeRaw`UPDATE invitations SET expires_at = now() WHERE invitation_id = ${invitationId}::uuid`;
    const { status, body } = await join<Problem>(token, 'late');
    expect({ status, detail: body.detail }).toEqual({ status: 409, detail: expect.stringMatching(/^it expired at 2/) });
  });

  it('can be revoked until it is used; then the key that it gave is the one to revoke', async () => {
    const { token, invitationId } = await invite();
    const path = `/v1/invitations/${invitationId}`;
    for (const again of [1, 2])
      expect([again, (await fleet.ask(path, { method: 'DELETE' })).status]).toEqual([again, 204]);
    expect((await join<Problem>(token, 'unwanted')).body.type).toBe('urn:xperf-fleet:problem:invitation-revoked');

    const used = await invite();
    await join(used.token, 'joined-2');
    const { status, body } = await fleet.ask<Problem>(`/v1/invitations/${used.invitationId}`, { method: 'DELETE' });
    expect({ status, remedy: body.remedy }).toEqual({ status: 409, remedy: expect.stringContaining('xf keys revoke') });
    expect((await fleet.ask(`/v1/invitations/${used.keyId ?? invitationId}x`, { method: 'DELETE' })).status).toBe(400);
  });

  it('that nobody made is a 401, and one of another form a 400', async () => {
    expect((await join(`xf_join_${'x'.repeat(43)}`, 'h')).status).toBe(401);
    expect((await join<Problem>('hunter2', 'h')).body.errors).toMatchObject([{ field: 'token' }]);
  });

  it('that nobody made is told nothing of how the coordinator is set up', async () => {
    const here = 'postgres://127.0.0.1/x';
    const lacking = { databaseUrl: here, directDatabaseUrl: here, workerDatabaseUrl: null, workerQueueUrl: null };
    const settings = { ...lacking, queueUrl: 'redis://127.0.0.1', leaseMs: 60_000 } as Settings;
    const asked = { token: `xf_join_${'x'.repeat(43)}`, hostId: 'h' };
    await expect(exchange(fleet.db, settings, asked, false)).rejects.toMatchObject({ status: 401 });
  });

  it('is refused with what is wrong in it', async () => {
    const { status, body } = await fleet.ask<Problem>('/v1/invitations', {
      ...{ method: 'POST', json: { hostId: 'Rack 7', validFor: '8d', labels: { rack: 'r 7' }, hosts: 1 } },
    });
    expect(status).toBe(400);
    const fields = body.errors?.map(({ field }) => field) ?? [];
    expect(fields).toEqual(expect.arrayContaining(['hostId', 'validFor', 'labels.rack']));
  });
});

describe('a name', () => {
  it('is not given to a second machine while its worker lives, nor when it is gone, unless the invitation names it', async () => {
    const first = await joined('taken');
    // Joined, and not started yet.
    expect((await join<Problem>((await invite()).token, 'taken')).body.detail).toBe(
      'taken has joined and was not heard of yet',
    );
    expect(await register('taken', first.key)).toBe(200);
    await fleet.readModelHas('host-taken');
    const { token } = await invite({ hostId: 'taken' });
    expect((await join<Problem>(token, 'other')).body).toMatchObject({
      ...{ type: 'urn:xperf-fleet:problem:host-taken', errors: [{ field: 'hostId' }] },
      detail: expect.stringContaining('is served by worker taken'),
    });

    await silence('taken');
    const unnamed = await join<Problem>((await invite()).token, 'taken');
    expect(unnamed.body.remedy).toContain('xf hosts invite --host taken');

    // The same invitation as before: a refused use has not used it up. The name in it counts.
    const { status, body: second } = await join(token, 'other');
    expect({ status, workerId: second.workerId }).toEqual({ status: 201, workerId: 'taken' });
    expect(await register('taken', first.key)).toBe(401);
    await expect(connect(first.databaseUrl)).rejects.toThrow();
    expect(await register('taken', second.key)).not.toBe(401);
  });

  it('is given to one of two that ask for it at the same moment', async () => {
    const invitations = await Promise.all([invite(), invite(), invite()]);
    const replies = await Promise.all(invitations.map(({ token }) => join(token, 'wanted')));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });
});

describe('revoking a worker’s key', () => {
  it('ends its way into the API and the database at once, and nobody else’s', async () => {
    const [gone, stays] = [await joined('gone'), await joined('stays')];
    for (const { workerId, key } of [gone, stays]) expect(await register(workerId, key)).toBe(200);
    const [session, other] = [await connect(gone.databaseUrl), await connect(stays.databaseUrl)];
    const { body } = await fleet.ask<Page<{ keyId: string; name: string }>>('/v1/keys?limit=100');
    const keyId = body.items.find(({ name }) => name === 'worker gone')?.keyId ?? '';
    expect((await fleet.ask(`/v1/keys/${keyId}`, { method: 'DELETE' })).status).toBe(204);

    expect(await register('gone', gone.key)).toBe(401);
    const ended = () =>
      session.query('SELECT 1').then(
        () => false,
        () => true,
      );
    await eventually('the session of the revoked worker has ended', ended);
    await expect(connect(gone.databaseUrl)).rejects.toThrow();
    const roles = await fleet.db
      .$queryRaw`SELECT 1 FROM pg_roles WHERE rolname = ${new URL(gone.databaseUrl).username}`;
    expect(roles).toEqual([]);

    expect(await register('stays', stays.key)).toBe(200);
    expect((await other.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await other.end();
    await (await connect(stays.databaseUrl)).end();
  });
});

describe('secrets', () => {
  it('are stored as hashes only, and stand in no log', async () => {
    const made = await invite();
    const { body } = await join(made.token, 'secretive');
    const password = new URL(body.databaseUrl).password;
    const rows = await fleet.db.$queryRaw<object[]>`
      SELECT to_jsonb(i)::text || to_jsonb(k)::text AS all FROM invitations i JOIN api_keys k USING (key_id)`;
    const stored = JSON.stringify(rows) + JSON.stringify(fleet.logLines);
    for (const secret of [made.token, body.key, password]) expect(stored.includes(secret)).toBe(false);
  });
});

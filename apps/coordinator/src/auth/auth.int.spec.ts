import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { contractVersion, type Problem, type Role, roleSchema } from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { hashKey, makeKey } from './api-key.js';

const unknownId = '7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11';

// Every route that asks for a key: method, path, a body where one is read, and the roles that may use it.
const readers: Role[] = ['read', 'submit', 'admin'];
const routes: { method: string; path: string; json?: unknown; roles: Role[] }[] = [
  { method: 'POST', path: '/v1/jobs', json: {}, roles: ['submit', 'admin'] },
  { method: 'GET', path: '/v1/jobs', roles: readers },
  { method: 'GET', path: `/v1/jobs/${unknownId}`, roles: readers },
  { method: 'POST', path: `/v1/jobs/${unknownId}/cancel`, json: {}, roles: ['submit', 'admin'] },
  { method: 'POST', path: `/v1/jobs/${unknownId}/labels`, json: { labels: { a: 'b' } }, roles: ['submit', 'admin'] },
  { method: 'GET', path: `/v1/jobs/${unknownId}/results`, roles: readers },
  { method: 'GET', path: `/v1/jobs/${unknownId}/comparisons`, roles: readers },
  { method: 'GET', path: `/v1/jobs/${unknownId}/overview`, roles: readers },
  { method: 'GET', path: `/v1/jobs/${unknownId}/progress`, roles: readers },
  { method: 'GET', path: '/v1/runs', roles: readers },
  { method: 'GET', path: `/v1/runs/${unknownId}`, roles: readers },
  { method: 'POST', path: `/v1/runs/${unknownId}/annotations`, json: { note: 'x' }, roles: ['submit', 'admin'] },
  { method: 'GET', path: `/v1/runs/${unknownId}/samples`, roles: readers },
  { method: 'GET', path: `/v1/runs/${unknownId}/raw`, roles: readers },
  { method: 'GET', path: `/v1/runs/${unknownId}/histogram?metric=u2k`, roles: readers },
  { method: 'GET', path: '/v1/hosts', roles: readers },
  { method: 'GET', path: '/v1/hosts/nowhere', roles: readers },
  { method: 'GET', path: '/v1/fleet', roles: readers },
  { method: 'GET', path: '/v1/compare?a=*&b=*&metric=u2k', roles: readers },
  { method: 'GET', path: '/v1/compare/cells?a=*&b=*&metric=u2k&by=generation', roles: readers },
  { method: 'GET', path: '/v1/compare/report?a=*&b=*&metric=u2k', roles: readers },
  { method: 'GET', path: '/v1/results?by=host', roles: readers },
  { method: 'GET', path: '/v1/trends', roles: readers },
  { method: 'GET', path: '/v1/known-changes', roles: readers },
  { method: 'GET', path: '/v1/regressions', roles: readers },
  { method: 'GET', path: '/v1/regressions/look', roles: readers },
  { method: 'POST', path: '/v1/regressions/look', json: {}, roles: ['submit', 'admin'] },
  { method: 'GET', path: `/v1/regressions/${unknownId}`, roles: readers },
  { method: 'GET', path: `/v1/regressions/${unknownId}/report`, roles: readers },
  ...['acknowledge', 'expected', 'mute', 'reopen', 'resolve'].map((what) => ({
    ...{ method: 'POST', path: `/v1/regressions/${unknownId}/${what}` },
    ...{ json: { note: 'x', ...(what === 'mute' ? { until: '8h' } : {}) }, roles: ['submit', 'admin'] as Role[] },
  })),
  { method: 'GET', path: '/v1/schedules', roles: readers },
  { method: 'GET', path: '/v1/schedules/x', roles: readers },
  { method: 'PUT', path: '/v1/schedules/x', json: {}, roles: ['submit', 'admin'] },
  { method: 'POST', path: '/v1/schedules/x/pause', json: {}, roles: ['submit', 'admin'] },
  { method: 'POST', path: '/v1/schedules/x/resume', roles: ['submit', 'admin'] },
  { method: 'DELETE', path: '/v1/schedules/x', roles: ['submit', 'admin'] },
  { method: 'GET', path: '/v1/notification-routes', roles: readers },
  { method: 'GET', path: '/v1/notification-routes/x', roles: readers },
  { method: 'PUT', path: '/v1/notification-routes/x', json: {}, roles: ['admin'] },
  { method: 'POST', path: '/v1/notification-routes/x/rotate', roles: ['admin'] },
  { method: 'POST', path: '/v1/notification-routes/x/test', roles: ['admin'] },
  { method: 'POST', path: '/v1/notification-routes/x/pause', json: {}, roles: ['admin'] },
  { method: 'POST', path: '/v1/notification-routes/x/resume', roles: ['admin'] },
  { method: 'DELETE', path: '/v1/notification-routes/x', roles: ['admin'] },
  { method: 'GET', path: '/v1/notifications', roles: readers },
  { method: 'POST', path: '/v1/notifications/replay', json: {}, roles: ['admin'] },
  { method: 'GET', path: '/v1/sim/explain?cpu=zen3', roles: readers },
  { method: 'GET', path: '/v1/events', roles: readers },
  { method: 'GET', path: '/v1/replays/outdated', roles: readers },
  { method: 'GET', path: '/v1/demo', roles: readers },
  { method: 'GET', path: '/v1/labels', roles: readers },
  { method: 'GET', path: '/v1/host-groups', roles: readers },
  { method: 'GET', path: '/v1/hosts/x/boot-states', roles: readers },
  { method: 'POST', path: '/v1/host-actions', json: {}, roles: ['admin'] },
  { method: 'POST', path: '/v1/jobs/preview', json: {}, roles: readers },
  { method: 'POST', path: '/v1/imports?host=none', roles: ['submit', 'admin'] },
  { method: 'POST', path: '/v1/replays', json: {}, roles: ['admin'] },
  { method: 'POST', path: '/v1/keys', json: {}, roles: ['admin'] },
  { method: 'GET', path: '/v1/keys', roles: ['admin'] },
  { method: 'DELETE', path: `/v1/keys/${unknownId}`, roles: ['admin'] },
  { method: 'POST', path: '/v1/invitations', json: {}, roles: ['admin'] },
  { method: 'GET', path: '/v1/invitations', roles: ['admin'] },
  { method: 'DELETE', path: `/v1/invitations/${unknownId}`, roles: ['admin'] },
  { method: 'GET', path: '/v1/set-aside-streams', roles: ['admin'] },
  { method: 'POST', path: '/v1/set-aside-streams/run-x/retry', roles: ['admin'] },
  { method: 'GET', path: '/v1/projections', roles: ['admin'] },
  { method: 'POST', path: '/v1/projections/x/rebuild', roles: ['admin'] },
  { method: 'POST', path: '/v1/console/links', roles: ['admin'] },
  { method: 'DELETE', path: '/v1/console/sessions', roles: ['admin'] },
  { method: 'PUT', path: '/v1/workers/w1', json: { contractVersion }, roles: ['worker', 'admin'] },
  { method: 'POST', path: '/v1/workers/w1/heartbeat', json: { contractVersion }, roles: ['worker', 'admin'] },
];

const template = (path: string): string =>
  path
    .split('?')[0]
    ?.replace(/(set-aside-streams)\/[^/]+/, '$1/{stream}')
    .replace(/(regressions)\/(?!look)[^/]+/, '$1/{findingId}')
    .replace(/(projections|schedules|notification-routes)\/[^/]+/, '$1/{name}')
    .replace(
      /\/(jobs|runs|hosts|keys|invitations|workers)\/(?!preview)[^/]+/,
      (_, what: string) => `/${what}/{${what.slice(0, -1)}Id}`,
    ) ?? '';

describe('docs/security.md', () => {
  it('says of every route who may use it', async () => {
    const text = await readFile(new URL('../../../../docs/security.md', import.meta.url), 'utf8');
    const rows = [...text.matchAll(/^\| `([A-Z]+ \/\S*)` +\|(.*)\|$/gm)].map(([, route, marks]) => {
      const roles = (marks ?? '').split('|').map((mark) => mark.trim() === 'yes');
      return [route, ['read', 'submit', 'worker', 'admin'].filter((_, i) => roles[i])];
    });
    const sorted = (pairs: unknown[][]) => [...pairs].sort((a, b) => String(a[0]).localeCompare(String(b[0])));
    const inOrder = (roles: Role[]) =>
      ['read', 'submit', 'worker', 'admin'].filter((role) => roles.includes(role as Role));
    const tested = routes.map(({ method, path, roles }) => [`${method} ${template(path)}`, inOrder(roles)]);
    expect(sorted(rows)).toEqual(sorted(tested));
  });
});

describe('API keys', () => {
  let fleet: CoordinatorUnderTest;
  const keys = new Map<Role, string>();

  beforeAll(async () => {
    fleet = await startCoordinator();
    for (const role of roleSchema.options) {
      const { status, body } = await fleet.ask<{ key: string }>('/v1/keys', {
        method: 'POST',
        json: { name: `test ${role}`, role },
      });
      expect(status).toBe(201);
      keys.set(role, body.key);
    }
  });
  afterAll(() => fleet.stop());

  describe.each(routes)('$method $path', ({ method, path, json, roles }) => {
    const asked = { method, ...(json === undefined ? {} : { json }) };

    it('asks for a key', async () => {
      const { status, headers, body } = await fleet.ask<Problem>(path, { ...asked, key: null });
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toBe('Bearer realm="xperf-fleet"');
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(body).toMatchObject({
        status: 401,
        remedy: expect.stringMatching(/Authorization: Bearer/),
        errors: [{ field: 'Authorization' }],
      });
    });

    it.each(roleSchema.options)(`answers the role %s as it should (${roles.join(', ')} may)`, async (role) => {
      const { status, headers, body } = await fleet.ask<Problem>(path, { ...asked, key: keys.get(role) ?? null });
      if (roles.includes(role)) {
        expect([200, 201, 202, 204, 400, 404, 422]).toContain(status);
      } else {
        expect(status).toBe(403);
        expect(headers.get('www-authenticate')).toMatch(/error="insufficient_scope"/);
        expect(body.detail).toContain(`the key has the role ${role}`);
      }
    });
  });

  it('covers every keyed route of the API document', async () => {
    const { body } = await fleet.ask<{ paths: Record<string, Record<string, { security?: unknown[] }>> }>(
      '/docs-json',
      { key: null },
    );
    const documented = Object.entries(body.paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, operation]) => operation.security !== undefined)
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    const tested = routes.map(({ method, path }) => `${method} ${template(path)}`);
    expect([...documented].sort()).toEqual([...tested, 'GET /metrics'].sort());
  });

  it.each([
    ['one of the right form that nobody was given', `Bearer ${makeKey('admin')}`, /not known or was revoked/],
    ['one of a wrong form', 'Bearer hunter2', /not of the form xf_/],
    ['another scheme', 'Basic YTpi', /not of the form "Bearer/],
  ])('refuses %s', async (_, authorization, detail) => {
    const { status, body } = await fleet.ask<Problem>('/v1/jobs', { headers: { authorization } });
    expect(status).toBe(401);
    expect(body.detail).toMatch(detail);
  });

  it('refuses a key from the request after its revocation on', async () => {
    const made = await fleet.ask<{ key: string; keyId: string }>('/v1/keys', {
      method: 'POST',
      json: { name: 'short-lived', role: 'read' },
    });
    const key = made.body.key;
    expect((await fleet.ask('/v1/jobs', { key })).status).toBe(200);
    expect((await fleet.ask(`/v1/keys/${made.body.keyId}`, { method: 'DELETE' })).status).toBe(204);
    expect((await fleet.ask('/v1/jobs', { key })).status).toBe(401);
    expect((await fleet.ask(`/v1/keys/${made.body.keyId}`, { method: 'DELETE' })).status).toBe(204);
  });

  it('stores the hash of a key, never the key', async () => {
    const { body } = await fleet.ask<{ key: string; keyId: string }>('/v1/keys', {
      method: 'POST',
      json: { name: 'stored', role: 'read' },
    });
    const row = await fleet.db.apiKey.findUniqueOrThrow({ where: { keyId: body.keyId } });
    expect(Buffer.from(row.secretHash).equals(hashKey(body.key))).toBe(true);
    expect(JSON.stringify({ ...row, secretHash: Buffer.from(row.secretHash).toString() })).not.toContain(
      body.key.slice(-20),
    );
  });

  it('lists keys newest first, by pages, without anything secret', async () => {
    const all: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { body: { items: { name: string; key?: string }[]; nextCursor: string | null } } = await fleet.ask(
        `/v1/keys?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      expect(page.body.items.length).toBeLessThanOrEqual(2);
      for (const item of page.body.items) {
        expect(Object.keys(item).sort()).toEqual(['createdAt', 'keyId', 'name', 'revokedAt', 'role']);
        all.push(item.name);
      }
      cursor = page.body.nextCursor;
    } while (cursor !== null);
    expect(all).toEqual(['stored', 'short-lived', 'test worker', 'test admin', 'test submit', 'test read']);
  });

  it('writes no key into the log', () => {
    const log = JSON.stringify(fleet.logLines);
    expect(log).toContain('"msg":"request"');
    for (const key of [...keys.values(), fleet.key]) expect(log).not.toContain(key);
  });
});

describe('the bootstrap key', () => {
  it('is known by its hash until an admin key is made, and again when that is revoked', async () => {
    const bootstrap = `xf_admin_${'b'.repeat(43)}`;
    const fleet = await startCoordinator({ XF_BOOTSTRAP_ADMIN_KEY_HASH: hashKey(bootstrap).toString('hex') });
    const make = async (role: Role) =>
      (
        await fleet.ask<{ key: string; keyId: string }>('/v1/keys', {
          method: 'POST',
          json: { name: role, role },
          key: bootstrap,
        })
      ).body;
    await make('worker');
    const admin = await make('admin');
    const { status, body } = await fleet.ask<Problem>('/v1/keys', { key: bootstrap });
    expect(status).toBe(401);
    expect(body.detail).toContain('a bootstrap key counts only while there is no other admin key');
    expect((await fleet.ask(`/v1/keys/${admin.keyId}`, { method: 'DELETE', key: admin.key })).status).toBe(204);
    expect((await fleet.ask('/v1/keys', { key: bootstrap })).status).toBe(200);
    await fleet.stop();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { once } from 'node:events';
import { pino } from 'pino';
import { request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { hashKey } from './api-key.js';
import { LocalConsole } from './local-console.js';

interface Answer {
  status: number;
  cookie: string | null;
  body: string;
}

/** fetch() does not let a test choose the Host header. */
function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.once('end', () => {
        const cookie = response.headers['set-cookie']?.[0] ?? null;
        resolve({ status: response.statusCode ?? 0, cookie, body });
      });
    });
    request.once('error', reject).end();
  });
}

describe('the console’s local session', () => {
  let fleet: CoordinatorUnderTest;
  let cookie: string;
  const host = () => new URL(fleet.url).host;
  const cancelling = () => `${fleet.url}/v1/jobs/7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11/cancel`;

  beforeAll(async () => {
    fleet = await startCoordinator();
    cookie = (await ask(`${fleet.url}/`)).cookie?.split(';')[0] ?? '';
  });
  afterAll(() => fleet.stop());

  it('is a cookie that scripts and other sites can’t use, and not the key', async () => {
    const given = (await ask(`${fleet.url}/`)).cookie;
    expect(given).toMatch(/^xf_console=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(given).not.toContain(fleet.key.slice(-43));
  });

  it('lets the page read, and submit and cancel, but not make keys', async () => {
    expect(await ask(`${fleet.url}/v1/jobs`, { cookie })).toMatchObject({ status: 200 });
    const own = { cookie, origin: `http://${host()}`, 'content-type': 'application/json' };
    expect(await ask(cancelling(), own, 'POST')).toMatchObject({ status: 404 });
    expect(await ask(`${fleet.url}/v1/keys`, { cookie })).toMatchObject({ status: 403 });
  });

  it.each<[string, () => Record<string, string>]>([
    ['of another site that points its name here', () => ({ host: 'evil.example' })],
    ['of another site that begins like ours', () => ({ host: 'localhost.evil.example' })],
    ['that came through a proxy', () => ({ 'x-forwarded-for': '203.0.113.9' })],
  ])('gives no cookie to, and takes none from, a request %s', async (_, headers) => {
    expect(await ask(`${fleet.url}/`, headers())).toMatchObject({ status: 200, cookie: null });
    expect(await ask(`${fleet.url}/v1/jobs`, { cookie, ...headers() })).toMatchObject({ status: 401 });
  });

  it.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'http://evil.example' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'same-site' }],
    ['nobody knows where', {}],
  ])('changes nothing for a page of %s', async (_, headers) => {
    const { status } = await ask(cancelling(), { cookie, 'content-type': 'application/json', ...headers }, 'POST');
    expect(status).toBe(401);
  });

  it('does not outweigh an Authorization header', async () => {
    const authorization = `Bearer xf_read_${'x'.repeat(43)}`;
    expect(await ask(`${fleet.url}/v1/jobs`, { cookie, authorization })).toMatchObject({ status: 401 });
  });

  it.each(['', 'xf_console=', `xf_console=${'A'.repeat(43)}`, 'xf_console'])(
    'refuses the cookie "%s"',
    async (wrong) => {
      expect(await ask(`${fleet.url}/v1/jobs`, { cookie: wrong })).toMatchObject({ status: 401 });
    },
  );
});

describe('another user of the machine', () => {
  // Root stays welcome everywhere, so as root we become somebody else for the time of the request.
  const uid = process.getuid?.() ?? 0;
  const [nobody, owner] = [65_534, uid + 1];
  const asStranger = async <T>(act: () => Promise<T>): Promise<T> => {
    if (uid !== 0) return act();
    process.seteuid?.(nobody);
    try {
      return await act();
    } finally {
      process.seteuid?.(0);
    }
  };

  it('gets no session and can not use one that leaked', async () => {
    const local = new LocalConsole(true, pino({ level: 'silent' }), owner);
    const app = express()
      .use(local.open)
      .get('/actor', async (request, response) => void response.json(await local.actorOf(request)))
      .get('/', (_, response) => void response.end());
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const leaked = `xf_console=${(local as unknown as { session: string }).session}`;
    try {
      expect(await asStranger(() => ask(`${url}/`))).toMatchObject({ status: 200, cookie: null });
      expect((await asStranger(() => ask(`${url}/actor`, { cookie: leaked }))).body).toBe('null');
      if (uid === 0) expect((await ask(`${url}/actor`, { cookie: leaked })).body).toContain('local-console');
    } finally {
      server.close();
    }
  });
});

describe('a fleet on the network', () => {
  it('has no local session', async () => {
    const bootstrap = hashKey('xf_admin_' + 'b'.repeat(43)).toString('hex');
    const fleet = await startCoordinator({ XF_LOCAL_KEY: '', XF_BOOTSTRAP_ADMIN_KEY_HASH: bootstrap });
    expect(await ask(`${fleet.url}/`)).toMatchObject({ status: 200, cookie: null });
    await fleet.stop();
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { request as send } from 'node:http';
import { type ConsoleLink, consoleLinkSchema } from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { hashKey } from './api-key.js';

interface Answer {
  status: number;
  location: string | undefined;
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
        resolve({ status: response.statusCode ?? 0, location: response.headers.location, cookie, body });
      });
    });
    request.once('error', reject).end();
  });
}

type Session = Record<'cookie' | 'x-console-session', string>;

describe('the console’s local session', () => {
  let fleet: CoordinatorUnderTest;
  let session: Session;
  const host = () => new URL(fleet.url).host;
  const cancelling = () => `${fleet.url}/v1/jobs/7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11/cancel`;
  const makeLink = async (): Promise<string> => {
    const { status, body } = await fleet.ask<ConsoleLink>('/v1/console/links', { method: 'POST' });
    expect(status).toBe(201);
    return `${fleet.url}${consoleLinkSchema.parse(body).path}`;
  };
  const sessionFrom = ({ cookie, location }: Answer): Session => ({
    cookie: cookie?.split(';')[0] ?? '',
    'x-console-session': /^\/#session=(.*)$/.exec(location ?? '')?.[1] ?? '',
  });

  beforeAll(async () => {
    fleet = await startCoordinator();
    session = sessionFrom(await ask(await makeLink()));
  });
  afterAll(() => fleet.stop());

  it('opens by a link into a cookie that scripts and other sites can’t use, and a clean address', async () => {
    const given = await ask(await makeLink());
    expect(given).toMatchObject({ status: 303, location: expect.stringMatching(/^\/#session=[\w-]{43}$/) });
    expect(given.cookie).toMatch(
      /^xf_console=[\w-]{43}; Max-Age=43200; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );
    expect(given.cookie).not.toContain(fleet.key.slice(-43));
  });

  it('opens once by each link', async () => {
    const link = await makeLink();
    expect((await ask(link)).cookie).not.toBeNull();
    expect(await ask(link)).toMatchObject({ status: 303, location: '/#link-not-good', cookie: null });
  });

  it('opens by no link that is ten minutes old', async () => {
    const old = await fleet.ask<ConsoleLink>('/v1/console/links', { method: 'POST' });
    const later = performance.now() + 10 * 60_000 + 1;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => later);
    try {
      const late = await ask(`${fleet.url}${old.body.path}`);
      expect(late).toMatchObject({ status: 303, location: '/#link-not-good', cookie: null });
    } finally {
      clock.mockRestore();
    }
  });

  it('opens by no link that nobody was given', async () => {
    const login = (query: string) => ask(`${fleet.url}/console/login${query}`);
    expect(await login(`?token=${'x'.repeat(43)}`)).toMatchObject({ status: 303, cookie: null });
    expect(await login('?token=')).toMatchObject({ status: 303, cookie: null });
    expect(await login('')).toMatchObject({ status: 400, cookie: null });
    expect(await login('?token=a&token=b')).toMatchObject({ status: 400, cookie: null });
  });

  it('is not given for just opening the page', async () => {
    expect(await ask(`${fleet.url}/`)).toMatchObject({ status: 200, cookie: null });
  });

  it('lets the page read, and submit and cancel, but make neither keys nor links', async () => {
    expect(await ask(`${fleet.url}/v1/jobs`, session)).toMatchObject({ status: 200 });
    const own = { ...session, origin: `http://${host()}`, 'content-type': 'application/json' };
    expect(await ask(cancelling(), own, 'POST')).toMatchObject({ status: 404 });
    expect(await ask(`${fleet.url}/v1/keys`, session)).toMatchObject({ status: 403 });
    expect(await ask(`${fleet.url}/v1/console/links`, own, 'POST')).toMatchObject({ status: 403 });
  });

  it('is worth nothing by one of its halves, nor by halves of two sessions', async () => {
    const other = sessionFrom(await ask(await makeLink()));
    const halves: Record<string, string>[] = [
      { cookie: session.cookie },
      { 'x-console-session': session['x-console-session'] },
      { ...session, cookie: other.cookie },
      { ...session, cookie: 'xf_console=' },
      { ...session, cookie: 'xf_console' },
      { cookie: `${session.cookie}${session['x-console-session']}`, 'x-console-session': '' },
      { cookie: `${session.cookie}.${session['x-console-session']}`, 'x-console-session': '' },
    ];
    const seen = await Promise.all(halves.map(async (half) => (await ask(`${fleet.url}/v1/jobs`, half)).status));
    expect(seen).toEqual(halves.map(() => 401));
  });

  it.each<[string, () => Record<string, string>]>([
    ['of another site that points its name here', () => ({ host: 'evil.example' })],
    ['of another site that begins like ours', () => ({ host: 'localhost.evil.example' })],
    ['that came through a proxy', () => ({ 'x-forwarded-for': '203.0.113.9' })],
  ])('is neither given to, nor taken from, a request %s', async (_, headers) => {
    const link = await makeLink();
    expect(await ask(link, headers())).toMatchObject({ status: 303, cookie: null });
    expect(await ask(`${fleet.url}/v1/jobs`, { ...session, ...headers() })).toMatchObject({ status: 401 });
    expect((await ask(link)).cookie).not.toBeNull(); // and did not use it up
  });

  it.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'http://evil.example' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'same-site' }],
    ['nobody knows where', {}],
  ])('changes nothing for a page of %s', async (_, headers) => {
    const { status } = await ask(cancelling(), { ...session, 'content-type': 'application/json', ...headers }, 'POST');
    expect(status).toBe(401);
  });

  it('does not outweigh an Authorization header', async () => {
    const authorization = `Bearer xf_read_${'x'.repeat(43)}`;
    expect(await ask(`${fleet.url}/v1/jobs`, { ...session, authorization })).toMatchObject({ status: 401 });
  });

  it('stands in no log line and no Referer', async () => {
    const link = await makeLink();
    const reply = await fetch(link, { redirect: 'manual' });
    expect(reply.headers.get('referrer-policy')).toBe('no-referrer');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    await fleet.request(`/v1/nothing?token=${link.slice(-43)}`);
    const log = JSON.stringify(fleet.logLines);
    expect(log).toContain('/console/login');
    for (const secret of [link.slice(-43), session.cookie.slice(11), session['x-console-session']])
      expect(log).not.toContain(secret);
  });

  it('ends with all others and with unused links when they are revoked', async () => {
    const [link, doomed] = [await makeLink(), sessionFrom(await ask(await makeLink()))];
    expect((await fleet.request('/v1/console/sessions', { method: 'DELETE' })).status).toBe(204);
    expect(await ask(`${fleet.url}/v1/jobs`, { ...doomed })).toMatchObject({ status: 401 });
    expect(await ask(link)).toMatchObject({ location: '/#link-not-good', cookie: null });
    session = sessionFrom(await ask(await makeLink()));
    expect(await ask(`${fleet.url}/v1/jobs`, session)).toMatchObject({ status: 200 });
  });
});

describe('a fleet on the network', () => {
  it('makes no links', async () => {
    const key = 'xf_admin_' + 'b'.repeat(43);
    const bootstrap = hashKey(key).toString('hex');
    const fleet = await startCoordinator({ XF_LOCAL_KEY: '', XF_BOOTSTRAP_ADMIN_KEY_HASH: bootstrap });
    const { status, body } = await fleet.ask('/v1/console/links', { method: 'POST', key });
    expect(status).toBe(409);
    expect(body).toMatchObject({ remedy: 'open the console and type an API key' });
    await fleet.stop();
  });
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { messageViewSchema, routeDetailSchema } from '#contracts';
import { exitCodes } from '../exit-codes.js';
import { run } from '../main.js';

const route = routeDetailSchema.parse({
  ...{
    name: 'ops',
    state: 'active',
    format: 'slack',
    origin: 'https://hooks.example',
    causes: ['noise'],
    selector: '*',
  },
  ...{
    groupBy: 'rack',
    setBy: 'key:local',
    setAt: '2026-11-27T10:00:00.000Z',
    activeSince: '2026-11-27T10:00:00.000Z',
  },
  ...{ paused: null, messages: { waiting: 1, delivered: 20, dead: 2, dropped: 0 }, history: [] },
});
const message = messageViewSchema.parse({
  ...{
    messageId: '018f3f5e-0000-7000-8000-00000000beef',
    route: 'ops',
    cause: 'noise',
    status: 'firing',
    title: 'h1 is noisy',
  },
  ...{ lines: [], hosts: ['h1'], madeAt: '2026-11-27T10:00:00.000Z', state: 'dead', attempts: 30, nextAt: null },
  ...{ endedAt: '2026-11-28T10:00:00.000Z', lastStatus: 500, lastError: 'it answered 500', replayedBy: null },
});

/** A coordinator that answers each path as a test says. */
let server: Server;
let answers: Record<string, unknown>;
let asked: string[];
beforeAll(async () => {
  server = createServer((request, reply) => {
    void text(request).then((body) => {
      const [path = '', query = ''] = (request.url ?? '').split('?');
      asked.push(`${request.method} ${path.replace('/v1/', '')} ${query}${body}`.trim());
      reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers[path] ?? route));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answers = {
    '/v1/notification-routes': { items: [route], nextCursor: null },
    '/v1/notifications': { items: [message], nextCursor: null },
    '/v1/notifications/replay': { replayed: [message.messageId] },
  };
  asked = [];
});

async function xf(...args: string[]) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment = { XF_URL: url, XF_KEY: 'k', NO_COLOR: '1' };
  const outside = { root: '/', dataDir: '/', environment, version: '0.0.0', setupMs: {}, out, err, exitCode: 0 };
  const ended = run(['notifications', ...args], outside).finally(() => [out, err].forEach((stream) => stream.end()));
  const [code, said, complained] = await Promise.all([ended, text(out), text(err)]);
  return { code, said, complained };
}

it('lists routes, and messages with what became of each', async () => {
  expect((await xf()).said).toMatch(/ops +active +slack +https:\/\/hooks.example +noise/);
  const log = await xf('log', '--route', 'ops', '--state', 'dead');
  expect(log.said).toMatch(/0000beef .* given up, 30 tries: it answered 500 +h1 is noisy/);
  expect(asked.at(-1)).toMatch(/^GET notifications .*route=ops&state=dead/);
  for (const [args, states] of [
    [['--state', 'dead'], 'there are active, paused, removed'],
    [['log', '--state', 'paused'], 'there are waiting, delivered, dead, dropped'],
  ] as const)
    expect(await xf(...args)).toMatchObject({ code: exitCodes.usage, complained: expect.stringContaining(states) });
});

it('tells the secret of a route on standard error, once', async () => {
  answers['/v1/notification-routes/ops'] = { ...route, secret: 'whsec_of-a-test' };
  const set = await xf(
    'set',
    'ops',
    '--format',
    'slack',
    '--to',
    'https://hooks.example/x',
    '--cause',
    'noise,job-failed',
  );
  expect(set).toMatchObject({ code: 0, complained: expect.stringContaining('whsec_of-a-test') });
  expect(set.said).not.toContain('whsec');
  expect(asked).toEqual([
    'PUT notification-routes/ops {"format":"slack","url":"https://hooks.example/x","causes":["noise","job-failed"]}',
  ]);
  answers['/v1/notification-routes/ops/rotate'] = { ...route, secret: 'whsec_another' };
  expect((await xf('rotate-secret', 'ops')).complained).toContain('whsec_another');
});

it('ends as a test went', async () => {
  answers['/v1/notification-routes/ops/test'] = { ...message, cause: 'test', status: 'test' };
  expect(await xf('test', 'ops')).toMatchObject({
    code: exitCodes.failed,
    said: 'not delivered to ops: it answered 500\n',
  });
  answers['/v1/notification-routes/ops/test'] = {
    ...message,
    status: 'test',
    state: 'delivered',
    lastStatus: 200,
    lastError: null,
  };
  expect(await xf('test', 'ops')).toMatchObject({ code: 0, said: 'delivered to ops: it answered 200\n' });
});

it.each([
  [['show', 'ops'], 'GET notification-routes/ops'],
  [['pause', 'ops', '--note', 'moving'], 'POST notification-routes/ops/pause {"note":"moving"}'],
  [['resume', 'ops'], 'POST notification-routes/ops/resume'],
  [['remove', 'ops'], 'DELETE notification-routes/ops'],
])('%j asks for it, and shows how its messages stand', async (args, request) => {
  const { code, said } = await xf(...args);
  expect({ code, asked }).toEqual({ code: 0, asked: [request] });
  expect(said).toContain('20 delivered, 1 waiting, 2 given up, 0 dropped');
});

it('sends messages again by the end of an id, or those that a route gave up, never both or neither', async () => {
  expect((await xf('replay', '00000000beef')).said).toBe('sent again: 1\n');
  expect(asked.at(-1)).toBe(`POST notifications/replay {"messageIds":["${message.messageId}"]}`);
  await xf('replay', '--route', 'ops');
  expect(asked.at(-1)).toBe('POST notifications/replay {"route":"ops"}');
  for (const args of [['replay'], ['replay', 'beef', '--route', 'ops']])
    expect(await xf(...args)).toMatchObject({
      code: exitCodes.usage,
      complained: expect.stringContaining('or a route'),
    });
});

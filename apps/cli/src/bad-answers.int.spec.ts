import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { exitCodes } from './exit-codes.js';
import { run } from './main.js';

// The first command reads its modules, which takes seconds on a machine under load.
jest.setTimeout(120_000);

const jobId = '0192f0c1-2345-7abc-8def-0123456789ab';
const job = {
  ...{ jobId, state: 'running', outcome: null, submittedBy: 'key:local', submittedAt: '2026-11-22T18:00:00.000Z' },
  spec: { selector: '*', faults: 10, warmup: 0, runsPerHost: 2, order: 'interleaved', timeoutMs: 1000, seed: 1 },
  ...{ labels: {}, endedAt: null, correlationId: jobId, samples: 0, lost: 0 },
  runs: { planned: 0, queued: 1, started: 1, completed: 0, failed: 0, abandoned: 0, total: 2 },
};
const problem = { type: 'about:blank', title: 'It broke', status: 500, detail: 'a disk is full', remedy: 'free some' };
const ofOther = 'run the same release of both';

/** `xf` and answers that no good coordinator gives. */
describe('xf', () => {
  let server: Server;
  let url: string;
  let answer: RequestListener;
  beforeAll(async () => {
    server = createServer((request, reply) => answer(request, reply));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  function begin(args: string[], terminal: { columns?: number; isTTY?: boolean } = {}) {
    const [out, err] = [new PassThrough(), new PassThrough()].map((stream) => Object.assign(stream, terminal));
    if (out === undefined || err === undefined) throw new Error('there are two');
    const environment = { XF_URL: url, XF_KEY: 'k', NO_COLOR: '1' };
    const outside = { root: '/', dataDir: '/', environment, version: '0.0.0', setupMs: {}, out, err, exitCode: 0 };
    const ended = run(args, outside).finally(() => [out, err].forEach((stream) => stream.end()));
    return { err, said: Promise.all([ended, text(out), text(err)]) };
  }
  const replies =
    (status: number, type: string, body: string): RequestListener =>
    (_, reply) =>
      void reply.writeHead(status, { 'content-type': type }).end(body);
  const document = (of: object, status = 400): RequestListener =>
    replies(status, 'application/problem+json', JSON.stringify({ ...problem, ...of, status }));
  const page = (...items: object[]): RequestListener =>
    replies(200, 'application/json', JSON.stringify({ items, nextCursor: null }));

  it.each<[string, RequestListener, number, RegExp]>([
    ['500 as a problem document', document({}, 500), exitCodes.coordinator, /It broke \(500\): a disk is full\n→ free/],
    [
      ...(['500 as a page of something in between', replies(500, 'text/html', '<h1>oh')] as const),
      ...([exitCodes.coordinator, /answered 500 without a problem document\n→ .* proxy/] as const),
    ],
    [
      ...(['200 as a page', replies(200, 'text/html', '<h1>Sign in')] as const),
      ...([
        exitCodes.coordinator,
        /is no coordinator: it answered \/v1\/jobs with text\/html .*\n→ check --url/,
      ] as const),
    ],
    [
      'a redirection',
      (_, reply) => void reply.writeHead(301, { location: 'https://elsewhere/' }).end(),
      ...([exitCodes.refused, /answered that it is at https:\/\/elsewhere\/\n→ give that address/] as const),
    ],
    [
      ...([
        'a reply that ends too early',
        (_, reply) => {
          reply.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
          reply.write('{"items":[', () => reply.destroy());
        },
      ] as [string, RequestListener]),
      ...([exitCodes.coordinator, /the reply to \/v1\/jobs broke off .*\n→ try again/] as const),
    ],
    [
      ...(['a coordinator that lacks the route', document({ type: 'urn:x:unknown-route' }, 404)] as const),
      ...([exitCodes.refused, new RegExp(`→ .*${ofOther}`)] as const),
    ],
    [
      'a coordinator that lacks the parameter',
      document({ errors: [{ field: 'labels', message: 'there is no such name here; there are limit', remedy: 'x' }] }),
      ...([exitCodes.refused, new RegExp(`--label: there is no such name here; .*\n→ .*${ofOther}`)] as const),
    ],
    [
      ...(['an answer without a field that this release needs', page({ ...job, runs: undefined })] as const),
      ...([
        exitCodes.coordinator,
        /does not fit this release's contract: items.0.runs: .*\n→ .* same release/,
      ] as const),
    ],
  ])('says what is wrong with %s', async (_, given, code, words) => {
    answer = given;
    const [ended, out, err] = await begin(['jobs', '--label', 'team=kernel']).said;
    expect([ended, out]).toEqual([code, '']);
    expect(err).toMatch(words);
    expect(err).not.toMatch(/\n {4}at /);
  });

  it('understands a newer coordinator that says more than it knows', async () => {
    answer = page({ ...job, mood: 'good', runs: { ...job.runs, dreamt: 1 }, spec: { ...job.spec, pace: { rpm: 1 } } });
    expect(await begin(['jobs']).said).toMatchObject([exitCodes.ok, expect.stringContaining('456789ab'), '']);
  });

  it.each(['rerun', 'retry'])('does not %s a job that has something it does not know', async (verb) => {
    const ended = { ...job, state: 'ended', outcome: 'completed', spec: { ...job.spec, pace: 1 } };
    answer = replies(200, 'application/json', JSON.stringify(ended));
    const [code, , err] = await begin([verb, jobId]).said;
    expect(code).toBe(exitCodes.coordinator);
    expect(err).toMatch(/"pace"\n→ run an xf and a coordinator of the same release/);
  });

  it('names what it can not read of a newer coordinator, and what to do', async () => {
    answer = page({ ...job, state: 'paused' });
    const [code, out, err] = await begin(['jobs']).said;
    expect([code, out]).toEqual([exitCodes.coordinator, '']);
    expect(err).toMatch(/state.*\n→ run an xf and a coordinator of the same release/);
  });

  it('understands a coordinator that does not know labels of jobs yet', async () => {
    answer = page({ ...job, labels: undefined });
    expect(await begin(['jobs']).said).toMatchObject([exitCodes.ok, expect.stringContaining('456789ab'), '']);
  });

  it('tells whoever looks on that it waits, and goes on when the answer comes', async () => {
    let reply: () => void = () => undefined;
    answer = (request, response) => void (reply = () => page()(request, response));
    const { err, said } = begin(['jobs'], { isTTY: true, columns: 80 });
    await once(err, 'data');
    reply();
    const [code, out] = await said;
    expect([code, out]).toEqual([exitCodes.ok, 'no jobs\n']);
  });

  describe.each([
    ['right-to-left', 'בדיקה של הליבה', 'בדיקה'],
    ['markup', '<script>alert(1)</script>', '<script>alert(1)</script>'.slice(0, 5)],
    ['quotes', `"it's", she said; \`x\``, `"it's`],
    ['200 characters', 'n'.repeat(200), 'nnnnn'],
    ['characters that a terminal obeys', 'a\u001b[2J\u202eb\nc', 'a\\u00'],
  ])('a name of %s', (_, name, begins) => {
    it.each([20, 40, 80])('on a terminal of %d columns', async (columns) => {
      answer = page({ ...job, spec: { ...job.spec, name } }, { ...job, jobId: jobId.replace(/b$/, 'c') });
      const [code, out] = await begin(['jobs'], { isTTY: true, columns }).said;
      expect(code).toBe(exitCodes.ok);
      expect(out).toContain(begins);
      expect(out).not.toMatch(/[\u001b\u202e]/);
      const lines = out.trimEnd().split('\n');
      // A word that is longer keeps its line: it is one name, to be copied.
      const words = Math.max(...lines.flatMap((line) => line.split(' ')).map((word) => [...word].length));
      for (const line of lines) expect([...line.trimEnd()].length).toBeLessThanOrEqual(Math.max(columns, words + 2));
    });

    it('in formats for programs and documents', async () => {
      answer = page({ ...job, spec: { ...job.spec, name } });
      const asJson = JSON.parse((await begin(['jobs', '--json']).said)[1]) as { items: { spec: { name: string } }[] };
      expect(asJson.items[0]?.spec.name).toBe(name);
      for (const format of ['csv', 'markdown']) {
        const out = (await begin(['jobs', '-o', format]).said)[1];
        expect(out).not.toMatch(/[\u001b\u202e]/);
        expect(out.trimEnd().split('\n')).toHaveLength(format === 'csv' ? 2 : 3);
      }
      if (name.startsWith('<')) expect((await begin(['jobs', '-o', 'markdown']).said)[1]).toContain('\\<script');
      if (name.startsWith('"')) expect((await begin(['jobs', '-o', 'csv']).said)[1]).toContain('"""it\'s""');
    });
  });
});

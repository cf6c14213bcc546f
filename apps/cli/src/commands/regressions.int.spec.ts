import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type FindingDetail, findingStateSchema, type Looks } from '#contracts';
import { exitCodes } from '../exit-codes.js';
import { run } from '../main.js';

const findingId = '018f3f5e-0000-7000-8000-00000000beef';
const finding: FindingDetail = {
  ...{ findingId, state: 'open', kind: 'step', direction: 'up', probe: 'pf', metric: 'u2k', alsoIn: [] },
  ...{
    executor: 'simulator',
    provenance: 'simulated',
    ratio: 1.08,
    interval: null,
    beforeNs: 50,
    effectNs: 4,
    p: 1e-9,
  },
  ...{ fromDay: '2026-11-15', toDay: '2026-11-15', hosts: ['h1'], generations: ['Zen-3'], firstRuns: [], common: [] },
  ...{ suspects: [], suspectedAt: '2026-11-18T03:00:00.000Z', confirmedAt: '2026-11-18T04:00:00.000Z' },
  ...{ changedAt: '2026-11-18T04:00:00.000Z', heldUp: null, confirmation: null, acknowledged: null, expected: null },
  ...{ muted: null, resolved: null, withdrawn: null, history: [], levels: [], trends: '/v1/trends' },
  commands: { trends: 'xf trends', compare: null },
};
const counts = Object.fromEntries(findingStateSchema.options.map((state) => [state, 0]));
const pageOf = (...items: FindingDetail[]) => ({ items, nextCursor: null, counts });

/** A coordinator that answers each path as a test says, or with the finding. */
let server: Server;
let answers: Record<string, unknown[]>;
let asked: string[];
beforeAll(async () => {
  server = createServer((request, reply) => {
    void text(request).then((body) => {
      const [path = '', query = ''] = (request.url ?? '').split('?');
      asked.push(`${request.method} ${path.replace('/v1/regressions', '')} ${query}${body}`.trim());
      const [answer = finding, ...rest] = answers[path] ?? [];
      if (rest.length > 0) answers[path] = rest;
      reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answers = { '/v1/regressions': [pageOf(finding)] };
  asked = [];
});

async function xf(...args: string[]) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(out), text(err)]);
  const environment = { XF_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, XF_KEY: 'k' };
  const place = { root: '/', dataDir: '/nowhere', version: '0.0.0', setupMs: {} };
  const code = await run(['regressions', ...args], { ...place, environment, out, err, exitCode: 0 });
  out.end();
  err.end();
  const [stdout, stderr] = await said;
  return { code, stdout, stderr };
}

it('lists findings with what it was asked for, as list and without', async () => {
  expect((await xf('--host', 'h1', '--since', '30d')).stdout).toContain('00000000beef');
  expect((await xf('list', '--state', 'suspected')).code).toBe(exitCodes.ok);
  expect(asked).toEqual(['GET  host=h1&since=30d', 'GET  state=suspected']);
});

it.each([
  ['one that made hosts slower', [finding], 'open', exitCodes.failed],
  ['one that made them faster', [{ ...finding, direction: 'down' as const }], 'open', exitCodes.ok],
  ['none', [], 'open,acknowledged', exitCodes.ok],
])('ends with %s by its exit code', async (_what, items, states, code) => {
  answers['/v1/regressions'] = [pageOf(), pageOf(...items)];
  expect((await xf('--generation', 'Zen-3', '--fail-on', states)).code).toBe(code);
  expect(asked[1]).toContain(`generation=Zen-3&state=${encodeURIComponent(states)}`);
});

it('names a state that there is not', async () => {
  const { code, stderr } = await xf('--fail-on', 'new');
  expect([code, stderr]).toEqual([exitCodes.usage, expect.stringContaining('there are suspected')]);
});

it('shows one by the end of its id, and says what people say of it', async () => {
  expect((await xf('show', 'beef')).stdout).toMatch(/^finding 018f3f5e-.*: open, slower by \+8\.0 % \(\+4\.0 ns\)/);
  await xf('ack', findingId);
  await xf('mute', findingId, '--until', '14d', '--note', 'holidays');
  await xf('expect', findingId, '--note', 'so be it');
  await xf('reopen', findingId, '--note', 'no');
  await xf('resolve', findingId, '--note', 'fixed');
  expect(asked).toEqual([
    'GET  state=all&ending=beef&limit=6',
    `GET /${findingId}`,
    `POST /${findingId}/acknowledge {}`,
    `POST /${findingId}/mute {"until":"14d","note":"holidays"}`,
    `POST /${findingId}/expected {"note":"so be it"}`,
    `POST /${findingId}/reopen {"note":"no"}`,
    `POST /${findingId}/resolve {"note":"fixed"}`,
  ]);
  expect(await xf('mute', findingId, '--note', 'x')).toMatchObject({
    ...{ code: exitCodes.usage, stderr: expect.stringContaining('--until') },
  });
});

it('waits for a look, and ends as it does', async () => {
  const latest = {
    ...{ lookId: findingId, state: 'asked', by: 'key:local', since: finding.suspectedAt, askedAt: finding.suspectedAt },
    ...{ endedAt: null, series: null, tooShort: null, found: null, newFindings: null, failure: null },
  };
  const looks = (more: object): Looks => ({ latest: { ...latest, ...more } as Looks['latest'], nextAt: null });
  const done = { state: 'done', series: 8, tooShort: 1, found: 2, newFindings: 1 };
  answers['/v1/regressions/look'] = [looks({}), looks({ state: 'running' }), looks(done)];
  const reply = await xf('look', '--since', '365d');
  expect([reply.code, reply.stdout.replaceAll('\n', ' ')]).toEqual([
    ...[exitCodes.ok, expect.stringContaining('is done: 8 series looked at, 1 of them too short to tell; 2 changes')],
  ]);
  expect(asked).toEqual(['POST /look {"since":"365d"}', 'GET /look', 'GET /look']);
  answers['/v1/regressions/look'] = [looks({ state: 'failed', failure: 'the disk is full' })];
  expect(await xf('look')).toMatchObject({ code: exitCodes.failed, stdout: expect.stringContaining('disk is full') });
});

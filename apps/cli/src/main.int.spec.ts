import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { guestSelector, type JobView } from '#contracts';
import { formatContractLine } from '#dmesg';
import { exitCodes } from './exit-codes.js';
import { run } from './main.js';

const jobId = '0192f0c1-2345-7abc-8def-0123456789ab';
const nothing = { jobId, groups: [], failures: [], rows: 0, failureRows: 0 };
const job: JobView = {
  jobId,
  state: 'running',
  outcome: null,
  spec: {
    selector: '*', faults: 10, warmup: 0, runsPerHost: 2, order: 'interleaved', timeoutMs: 1000, priority: 'normal', seed: 1,
  },
  labels: {},
  submittedBy: 'key:local',
  submittedAt: '2026-11-22T18:00:00.000Z',
  endedAt: null,
  correlationId: jobId,
  runs: { planned: 0, queued: 1, started: 1, completed: 0, failed: 0, abandoned: 0, total: 2 },
  samples: 0,
  lost: 0,
}; // prettier-ignore
const ended = (outcome: JobView['outcome']): JobView => ({
  ...job,
  state: 'ended',
  outcome,
  runs: { ...job.runs, queued: 0, started: 0, completed: 2 },
});
const problem = {
  type: 'about:blank',
  title: 'Refused',
  status: 422,
  detail: 'no host matches',
  errors: [{ field: 'selector', message: 'matches no host', remedy: 'GET /v1/hosts' }],
};

type Answer = (request: IncomingMessage, reply: ServerResponse, body: string) => void;
const json =
  (value: unknown, status = 200): Answer =>
  (_, reply) =>
    reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const stream =
  (...events: [string, JobView][]): Answer =>
  (_, reply) => {
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.end(events.map(([event, view]) => `event: ${event}\ndata: ${JSON.stringify(view)}\n\n`).join(''));
  };

/** A coordinator that answers what each test says; the real one is met in test/e2e. */
describe('xf', () => {
  let server: Server;
  let url: string;
  let dataDir: string;
  let answers: Map<string, Answer[]>;
  let asked: { line: string; body: string; headers: IncomingMessage['headers'] }[];

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'xf-cli-'));
    server = createServer((request, reply) => {
      void text(request).then((body) => {
        const line = `${request.method} ${request.url}`;
        asked.push({ line, body, headers: request.headers });
        const [answer, ...rest] = answers.get(line.split('?')[0] ?? '') ?? [];
        if (rest.length > 0) answers.set(line.split('?')[0] ?? '', rest);
        if (answer === undefined) reply.writeHead(404, { 'content-type': 'text/plain' }).end('nothing here');
        else answer(request, reply, body);
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(dataDir, { recursive: true });
  });
  beforeEach(() => {
    answers = new Map();
    asked = [];
  });

  async function xf(args: string[], environment: NodeJS.ProcessEnv = { XF_URL: url, XF_KEY: 'k' }) {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const said = Promise.all([text(out), text(err)]);
    const code = await run(args, {
      root: '/',
      dataDir,
      environment,
      version: '0.0.0',
      setupMs: {},
      out,
      err,
      exitCode: 0,
    });
    out.end();
    err.end();
    const [stdout, stderr] = await said;
    return { code, stdout, stderr };
  }

  it('sends what submit was given and leaves the rest to the coordinator', async () => {
    answers.set('POST /v1/jobs', [json(job, 201)]);
    const words = ['submit', '--selector', '*', '--runs', '2', '--faults', '10', '--idempotency-key', 'once', '--json'];
    const { code, stdout } = await xf(words);
    expect(code).toBe(exitCodes.ok);
    expect(JSON.parse(stdout)).toEqual(job);
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ selector: '*', runsPerHost: 2, faults: 10 });
    expect(asked[0]?.headers).toMatchObject({ 'idempotency-key': 'once', authorization: 'Bearer k' });
  });

  describe('shows what others wrote without obeying it', () => {
    const hostile = 'evil\u001b]0;title\u0007\u009b2J\nforged line\u202e';
    /** Ours: switched on wherever CI is set. */
    const withoutColour = (text: string): string => text.replaceAll(/\u001b\[\d+m/g, '');
    const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;
    const refusal = {
      ...{ type: 'about:blank', title: hostile, status: 422, detail: hostile, remedy: hostile },
      errors: [{ field: hostile, message: hostile, remedy: hostile }],
    };
    const evilJob = { ...job, spec: { ...job.spec, name: hostile }, submittedBy: hostile };
    const run = { hostId: 'h1', guest: null, probe: 'pf', executor: 'vm', runs: 1, state: 'failed' };
    const failures = [{ ...run, failure: { code: 'compiler-missing', message: hostile, remedy: hostile } }];

    it.each<[string, string[], Record<string, Answer>]>([
      ['a job in a list', ['jobs'], { '/v1/jobs': json({ items: [evilJob], nextCursor: hostile }) }],
      [
        'a failure and its remedy',
        ['jobs', jobId],
        {
          [`/v1/jobs/${jobId}`]: json(evilJob),
          [`/v1/jobs/${jobId}/overview`]: json({ jobId, groups: [], failures: [], rows: 0, failureRows: 1 }),
          [`/v1/jobs/${jobId}/results`]: json({ jobId, rows: [], failures }),
        },
      ],
      ['a problem', ['jobs'], { '/v1/jobs': json(refusal, 422) }],
      ['a reply of another release', ['jobs'], { '/v1/jobs': json({ items: [{ [hostile]: hostile }] }) }],
    ])('%s', async (_, args, replies) => {
      for (const form of [[], ['--json']]) {
        for (const [path, answer] of Object.entries(replies)) answers.set(`GET ${path}`, [answer]);
        const { stdout, stderr } = await xf([...args, ...form]);
        for (const text of [stdout, stderr].map(withoutColour)) {
          expect(text).not.toMatch(obeyed);
          expect(text.split('\n').some((line) => line.startsWith('forged'))).toBe(false);
        }
        expect(stdout + stderr).toMatch(/evil|contract/);
      }
    });
  });

  it('writes captured bytes to a file or a pipe, never to a terminal', async () => {
    const [out, err] = [Object.assign(new PassThrough(), { isTTY: true }), new PassThrough()];
    const environment = { XF_URL: url, XF_KEY: 'k' };
    const said = text(err);
    const code = await run(['runs', jobId, '--raw'], {
      root: '/',
      dataDir,
      environment,
      version: '0.0.0',
      setupMs: {},
      out,
      err,
      exitCode: 0,
    });
    err.end();
    expect(code).toBe(exitCodes.usage);
    expect(await said).toContain('xf runs <run> --raw | less');
    expect(asked).toEqual([]);
  });

  it('prints a link to the console, and revokes what such links opened', async () => {
    const link = { path: '/console/login?token=t', expiresAt: '2026-01-01T00:10:00.000Z' };
    answers.set('POST /v1/console/links', [json(link, 201)]);
    expect(await xf(['console'])).toMatchObject({ code: exitCodes.ok, stdout: `${url}${link.path}\n` });
    answers.set('POST /v1/console/links', [json(link, 201)]);
    expect(JSON.parse((await xf(['console', '--json'])).stdout)).toEqual({
      url: `${url}${link.path}`,
      expiresAt: link.expiresAt,
    });
    answers.set('DELETE /v1/console/sessions', [(_, reply) => reply.writeHead(204).end()]);
    expect(await xf(['console', '--revoke'])).toMatchObject({ code: exitCodes.ok });
    expect(asked.map(({ line }) => line)).toContain('DELETE /v1/console/sessions');
  });

  describe('admin', () => {
    const aside = {
      ...{ stream: 'run-1', version: 4, type: 'RunCompleted', reason: 'out of \u001b[2J range', release: '1.2.3' },
      since: '2026-01-01T00:00:00.000Z',
    };

    it('lists the streams that were set aside, page by page, and says when there is none', async () => {
      answers.set('GET /v1/set-aside-streams', [json({ items: [aside], nextCursor: 'next' })]);
      const { code, stdout } = await xf(['admin', 'set-aside', '--limit', '1']);
      expect(code).toBe(exitCodes.ok);
      expect(stdout).toMatch(/run-1 .*4 .*RunCompleted .*1\.2\.3 .*range/);
      expect(stdout).not.toContain('\u001b');
      expect(stdout).toContain('--cursor next');
      expect(asked[0]?.line).toBe('GET /v1/set-aside-streams?limit=1');
      answers.set('GET /v1/set-aside-streams', [json({ items: [], nextCursor: null })]);
      expect(await xf(['admin', 'set-aside'])).toMatchObject({
        code: exitCodes.ok,
        stdout: 'no stream is set aside\n',
      });
    });

    it('takes a stream up again, and fails when it is set aside again', async () => {
      answers.set('POST /v1/set-aside-streams/run-1/retry', [
        json({ stream: 'run-1', folded: true, setAside: null }),
        json({ stream: 'run-1', folded: false, setAside: aside }),
      ]);
      expect(await xf(['admin', 'retry', 'run-1'])).toMatchObject({
        code: exitCodes.ok,
        stdout: 'run-1 was taken in\n',
      });
      const again = await xf(['admin', 'retry', 'run-1']);
      expect(again.code).toBe(exitCodes.failed);
      expect(again.stdout).toMatch(/^run-1 is set aside again at event 4 \(RunCompleted\): out of/);
    });
  });

  describe('replay', () => {
    const reading = {
      ...{ parserVersion: 1, samples: 40, repeated: 10, lost: 0, rejected: 0, damagedLines: 0, overheadCycles: 20 },
      medians: [{ metric: 'u2k', p50Cycles: 309.5 }],
    };
    const after = { ...reading, parserVersion: 2, repeated: 0, medians: [{ metric: 'u2k', p50Cycles: 319.5 }] };
    const rederived = { runId: jobId, outcome: 'rederived', reason: null, before: reading, after, changed: true };
    const same = { ...rederived, changed: false };
    const lost = {
      ...rederived,
      outcome: 'not-replayed',
      reason: 'no bytes',
      before: null,
      after: null,
      changed: false,
    };
    const slice = (runs: unknown[], left: number, nextCursor: string | null, dryRun = false): Answer =>
      json({ parserVersion: 2, dryRun, runs, left, nextCursor });

    it('goes from slice to slice, and says what differs and what could not be read', async () => {
      answers.set('POST /v1/replays', [slice([rederived, same], 1, 'next'), slice([lost], 0, null)]);
      const { code, stdout, stderr } = await xf(['replay', '--all']);
      expect(code).toBe(exitCodes.failed);
      expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
        { all: true, dryRun: false },
        { all: true, dryRun: false, cursor: 'next' },
      ]);
      expect(stdout).toBe(
        `${jobId}  parser 1 → 2, twice 10 → 0, u2k p50 310 → 320\n` +
          `${jobId}  not read again: no bytes\n` +
          "3 runs: 1 put right, 1 stay as they are, 1 can't be read again\n",
      );
      expect(stderr).toContain('3/3 runs');
    });

    it('counts nothing where there is nothing to read again', async () => {
      answers.set('POST /v1/replays', [slice([], 0, null, true)]);
      const { stdout, stderr } = await xf(['replay', '--all', '--dry-run']);
      expect(stdout).toBe('no run was read by a parser older than version 2\n');
      expect(stderr).toBe('');
    });

    it('writes a line a run and the sum with --json', async () => {
      answers.set('POST /v1/replays', [slice([rederived], 0, null, true)]);
      const { code, stdout } = await xf(['replay', '--runs', jobId, '--dry-run', '--json']);
      expect(code).toBe(exitCodes.ok);
      expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ runs: [jobId], dryRun: true });
      const [run, sum] = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
      expect(run).toEqual(rederived);
      expect(sum).toEqual({
        summary: { parserVersion: 2, dryRun: true, runs: 1, changed: 1, same: 0, current: 0, notReplayed: 0 },
      });
    });

    it.each([[['replay']], [['replay', '--all', '--runs', jobId]], [['replay', '--since', 'some day']]])(
      'does not guess what %j means',
      async (args) => {
        expect((await xf(args)).code).toBe(exitCodes.usage);
        expect(asked).toEqual([]);
      },
    );
  });

  describe('import', () => {
    const log = [
      'begin probe=pf_rt faults=1 warmup=0 pid=7 cpu=1 batch=64 overhead=20',
      'pid=7 cpu=1 seq=0 rt=900',
      'end faults=1 samples=1 rejected=0',
    ];
    const bytes = log.map((line) => `${formatContractLine('0badf00d', line)}\n`).join('');
    const run = { nonce: '0badf00d', probe: 'pf_rt', faults: 1, samples: 1, lost: 0, rejected: 0, damagedLines: 0 };
    const taken = { ...run, outcome: 'imported', runId: jobId, jobId, reason: null, remedy: null };
    const put = async (name: string, content: string): Promise<string> => {
      await writeFile(path.join(dataDir, name), content);
      return path.join(dataDir, name);
    };

    it('sends the log as it is, with what was said of it, and shows what became of it', async () => {
      const known = { ...taken, nonce: '11111111', outcome: 'known' };
      const bad = {
        ...taken,
        nonce: '22222222',
        outcome: 'refused',
        runId: null,
        jobId: null,
        reason: 'no',
        remedy: 'go',
      };
      const reply = { host: 'lab', bytes: bytes.length, runs: [taken, known, bad], notes: ['no time'] };
      answers.set('POST /v1/imports', [json(reply, 201)]);
      const said = ['--host', 'lab', '--new-host', '--label', 'rack=7', '--label', 'row=2', '--tsc-khz', '2300000'];
      const { code, stdout } = await xf(['import', await put('log', bytes), ...said, '--occurred-at', '2026-11-20']);
      expect(code).toBe(exitCodes.failed);
      const [request] = asked;
      expect(request?.line.split('?')[1]).toBe(
        'host=lab&tscKhz=2300000&occurredAt=2026-11-20T00%3A00%3A00.000Z&newHost=true&label=rack%3D7&label=row%3D2',
      );
      expect(request?.headers['content-type']).toBe('application/octet-stream');
      expect(request?.body).toBe(bytes);
      expect(stdout).toMatch(/1 new run of 3 in the log\nnonce +probe +outcome/);
      expect(stdout).toMatch(/11111111 +pf_rt +known already[\s\S]+! no\n {2}→ go\n! no time\n/);
    });

    it.each<[string, string, string[], RegExp]>([
      ['no host', bytes, [], /--host/],
      ['a log without a run', 'Linux version 6.12\n', ['--host', 'h'], /has no line of a run/],
      ['an empty file', '', ['--host', 'h'], /is empty/],
      ['a label without a value', bytes, ['--host', 'h', '--label', 'rack'], /<name>=<value>/],
      ['a time that is none', bytes, ['--host', 'h', '--occurred-at', 'soon'], /"soon" is no time/],
    ])('asks nothing of the coordinator with %s', async (_what, content, options, message) => {
      const { code, stderr } = await xf(['import', await put('bad', content), ...options]);
      expect([code, asked]).toEqual([exitCodes.usage, []]);
      expect(stderr).toMatch(message);
    });
  });

  it('sends a matrix, whose models and boot options may hold commas', async () => {
    answers.set('POST /v1/jobs', [json(job, 201)]);
    const matrix = ['--matrix-series', '6.1,6.12', '--matrix-kpti', 'on,off', '--matrix-cpu-model', 'Haswell,-pcid'];
    const options = ['--matrix-boot-options', '', '--matrix-boot-options', 'mitigations=off mem=64M'];
    expect((await xf(['submit', '--host', 'vm', ...matrix, ...options])).code).toBe(exitCodes.ok);
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
      hosts: ['vm'],
      matrix: {
        series: ['6.1', '6.12'],
        kpti: [true, false],
        cpuModel: ['Haswell,-pcid'],
        bootOptions: ['', 'mitigations=off mem=64M'],
      },
    });
  });

  describe('compare', () => {
    const side = { hosts: ['h'], runs: 5, copies: 0, samples: 100, provenance: ['measured'], selector: 'a' };
    const levels = { medianCycles: 900, medianNs: null, resolution: null, runMedians: [] };
    const nothing = { ns: null, cycles: null, coreCycles: null };
    const answered = {
      ...{ probe: 'pf', metric: 'u2k', a: { ...side, ...levels }, b: { ...side, ...levels, selector: 'b' } },
      ...{ verdict: 'slower', sentence: 'b is slower than a', reason: 'because', refusals: [], effects: nothing },
      ...{ control: null, modelBand: null },
      ...{
        unit: 'cycles',
        ratio: 1.1,
        interval: { low: 1.05, high: 1.15, confidence: 0.95 },
        scope: 'speaks for them',
      },
      ...{ differences: [], mixtures: [], leftOut: [], more: null, warnings: [] },
      ...{
        method: { name: 'a method', margin: 0.01, pool: [], allow: [] },
        repeat: { command: 'xf compare', path: '/#/' },
      },
    };
    const refusal = { kind: 'overlap', side: null, field: null, reason: 'they overlap', remedy: 'make them disjoint' };
    const refused = {
      ...answered,
      ratio: null,
      unit: null,
      interval: null,
      verdict: 'inconclusive',
      refusals: [refusal],
    };

    it.each([
      ['an answer', answered, [], exitCodes.ok],
      ['a refusal', refused, [], exitCodes.refused],
      ['an answer that is to fail', answered, ['--fail-on', 'slower'], exitCodes.failed],
      ['another answer than that', answered, ['--fail-on', 'faster,inconclusive'], exitCodes.ok],
    ])('ends with %s by its exit code', async (_what, comparison, options, code) => {
      answers.set('GET /v1/compare', [json(comparison)]);
      const reply = await xf(['compare', 'a', 'b', ...options]);
      expect(reply.code).toBe(code);
      expect(reply.stdout).toContain('b is slower than a');
      expect(reply.stdout.includes('→ make them disjoint')).toBe(comparison.refusals.length > 0);
    });

    it('writes the report of a comparison into a file, and over no other', async () => {
      answers.set('GET /v1/compare/report', [(_, reply) => void reply.end('<!doctype html>')]);
      const file = path.join(dataDir, 'report.html');
      const { code, stdout } = await xf(['report', 'a', 'b', '--by', 'kpti', '--out', file]);
      expect([code, stdout]).toEqual([exitCodes.ok, `15 bytes written to ${file}\n`]);
      expect(asked[0]?.line).toContain('by=kpti');
      const again = await xf(['report', 'a', 'b', '--out', file]);
      expect([again.code, again.stderr]).toEqual([exitCodes.usage, expect.stringContaining('is there already')]);
    });

    it('writes the report of a finding into a file', async () => {
      answers.set(`GET /v1/regressions/${jobId}/report`, [(_, reply) => void reply.end('<!doctype html>')]);
      const file = path.join(dataDir, 'finding.html');
      const { code, stdout } = await xf(['regressions', 'report', jobId, '--out', file]);
      expect([code, stdout]).toEqual([exitCodes.ok, `15 bytes written to ${file}\n`]);
    });

    it('names a verdict that there is not', async () => {
      const { code, stderr } = await xf(['compare', 'a', 'b', '--fail-on', 'slow']);
      expect([code, stderr]).toEqual([exitCodes.usage, expect.stringContaining('there are slower, faster')]);
    });
  });

  it('shows the cells of a matrix compared', async () => {
    const [a, b] = [
      { series: '6.12', kpti: true },
      { series: '6.12', kpti: false },
    ] as const;
    const medians = { medianCycles: 900, medianNs: null, resolution: null, runMedians: [] };
    const side = { hosts: ['vm'], runs: 5, copies: 0, samples: 100, provenance: ['emulated'], ...medians };
    const comparison = {
      ...{ unit: 'cycles', scope: 'speaks for these runs', sentence: 'b is faster than a', refusals: [], more: null },
      effects: { ns: null, cycles: null, coreCycles: null },
      ...{ control: null, modelBand: null },
      ...{
        differences: [],
        mixtures: [],
        leftOut: [],
        repeat: { command: 'xf compare this', path: '/#/compare?this' },
      },
      ...{
        probe: 'pf',
        metric: 'u2k',
        ratio: 0.7,
        interval: { low: 0.69, high: 0.71, confidence: 0.95 },
        verdict: 'faster',
      },
      a: { ...side, selector: guestSelector(a) },
      b: { ...side, selector: guestSelector(b) },
      method: { name: 'a method', margin: 0.01, pool: [], allow: [] },
      ...{ reason: 'The whole interval is below 1.', warnings: ['the figures are emulated'] },
    };
    answers.set(`GET /v1/jobs/${jobId}`, [
      json({ ...job, spec: { ...job.spec, matrix: { series: ['6.12'], kpti: [true, false] } } }),
    ]);
    answers.set(`GET /v1/jobs/${jobId}/overview`, [json(nothing)]);
    answers.set(`GET /v1/jobs/${jobId}/results`, [json({ jobId, rows: [], failures: [] })]);
    answers.set(`GET /v1/jobs/${jobId}/comparisons`, [
      json({ jobId, comparisons: [{ dimension: 'kpti', a, b, comparison }] }),
    ]);
    const { stdout } = await xf(['jobs', jobId]);
    for (const part of [
      '2 guests: 6.12 × KPTI on, off',
      'pf u2k  6.12 KPTI on  6.12 KPTI off  0.700  0.690 to 0.710  faster',
      '! the figures are emulated',
      'one of them in full: xf compare this',
    ]) {
      expect(stdout).toContain(part);
    }
  });

  it('shows a job of many hosts by what varies, those far from the rest by name, and how to list all', async () => {
    const group = {
      ...{
        generation: 'Zen 3',
        virtualization: 'bare',
        kernel: '6.1.0',
        kpti: false,
        cpuModel: null,
        bootOptions: null,
      },
      ...{ executor: 'simulator', probe: 'pf', metric: 'u2k', provenance: 'simulated', runs: 600, samples: 6_000 },
      ...{ lost: 0, hosts: 300, p50Cycles: 425, p99Cycles: 450, p50Ns: 173.4, lowestRatio: 0.97, highestRatio: 1.2 },
      ...{
        odd: [{ hostId: 'h7', p50Cycles: 510, p50Ns: 208, ratio: 1.2 }],
        oddHosts: 4,
        noisyHosts: 2,
        flaggedHosts: 0,
      },
    };
    const failure = { code: 'compiler-missing', message: 'no gcc', remedy: 'apt install gcc' };
    const failed = { probe: 'pf', executor: 'simulator', state: 'failed', failure, runs: 9, hosts: 5, hostIds: ['h8'] };
    const overview = { jobId, groups: [group], failures: [failed], rows: 300, failureRows: 5 };
    answers.set(`GET /v1/jobs/${jobId}`, [json(job)]);
    answers.set(`GET /v1/jobs/${jobId}/overview`, [json(overview)]);
    const { stdout } = await xf(['jobs', jobId]);
    for (const part of [
      'generation  probe   hosts  runs  p50   ns  lowest  highest\n',
      'Zen 3       pf u2k    300   600  425  173  −3.0 %  +20.0 %\n',
      '! far from the other Zen 3 pf u2k: h7 +20.0 %, 3 more\n',
      '! up to 2 hosts of a line not measured on a quiet machine\n',
      '9 pf runs failed on 5 hosts (h8 and 4 more), compiler-missing: no gcc\n  → apt install gcc\n',
      `300 rows, one a host and metric: xf jobs ${jobId.slice(-12)} --all\n`,
    ]) {
      expect(stdout).toContain(part);
    }
  });

  it('follows a job over a lost connection to its end and its results', async () => {
    answers.set(`GET /v1/jobs/${jobId}/progress`, [stream(['progress', job]), stream(['end', ended('completed')])]);
    answers.set(`GET /v1/jobs/${jobId}/results`, [json({ jobId, rows: [], failures: [] })]);
    const { code, stdout } = await xf(['watch', jobId, '--json']);
    expect(code).toBe(exitCodes.ok);
    const lines = stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown); // prettier-ignore
    expect(lines).toEqual([
      job,
      ended('completed'),
      { job: ended('completed'), results: { jobId, rows: [], failures: [] }, comparisons: [] },
    ]);
  });

  it('leaves the job running on Ctrl-C, and says how to follow or stop it', async () => {
    answers.set(`GET /v1/jobs/${jobId}/progress`, [
      (_, reply) => {
        reply.writeHead(200, { 'content-type': 'text/event-stream' });
        reply.write(`event: progress\ndata: ${JSON.stringify(job)}\n\n`, () => process.emit('SIGINT'));
      },
    ]);
    const { code, stderr } = await xf(['watch', jobId]);
    expect(code).toBe(exitCodes.interrupted);
    expect(stderr).toContain(` job ${jobId}\n`);
    expect(stderr).toContain(`the job runs on: xf watch ${jobId} follows it again, xf cancel ${jobId} stops it`);
  });

  it('exits 1 when the job did not complete', async () => {
    answers.set(`GET /v1/jobs/${jobId}/progress`, [stream(['end', ended('partial')])]);
    answers.set(`GET /v1/jobs/${jobId}/overview`, [json(nothing)]);
    answers.set(`GET /v1/jobs/${jobId}/results`, [json({ jobId, rows: [], failures: [] })]);
    expect((await xf(['watch', jobId])).code).toBe(exitCodes.failed);
  });

  it('shows field and remedy of a refusal and exits 4', async () => {
    answers.set('POST /v1/jobs', [json(problem, 422)]);
    const { code, stdout, stderr } = await xf(['submit', '--selector', 'generation=none', '--json']);
    expect(code).toBe(exitCodes.refused);
    expect(stderr).toMatch(/--selector: matches no host\n→ GET \/v1\/hosts/);
    expect(JSON.parse(stdout)).toMatchObject({ error: { exitCode: exitCodes.refused, problem } });
  });

  it('exits 5 and names the field when a reply does not fit the contract', async () => {
    answers.set(`GET /v1/jobs`, [json({ items: [{ ...job, samples: 'many' }], nextCursor: null })]);
    const { code, stderr } = await xf(['jobs']);
    expect(code).toBe(exitCodes.coordinator);
    expect(stderr).toContain('items.0.samples');
  });

  it.each([
    ['an unknown command', ['nonsense']],
    ['an unknown option', ['jobs', '--nonsense']],
    ['a word where a number belongs', ['submit', '--selector', '*', '--faults', 'many']],
    ['a state that KPTI has not', ['submit', '--matrix-series', '6.12', '--matrix-kpti', 'maybe']],
    ['an executor that does not exist', ['submit', '--executor', 'abacus']],
    ['a URL that is none', ['jobs', '--url', 'coordinator:3000']],
    ['--raw without a run', ['runs', '--raw']],
    ['an annotation without anything', ['annotate', jobId]],
    ['a label without a value', ['annotate', jobId, '--label', 'ticket']],
    ['a label of a job that is neither set nor taken away', ['label', jobId, 'ticket']],
    ['no label of a job', ['label', jobId]],
    ['neither run nor job to export', ['export']],
  ])('exits 2 at %s', async (_, args) => {
    const { code, stderr } = await xf(args);
    expect(code).toBe(exitCodes.usage);
    expect(stderr).not.toBe('');
    expect(asked).toEqual([]);
  });

  it('annotates a run with what it is given', async () => {
    await xf(['annotate', jobId, '--note', 'door open', '--label', 'ticket=T-1', '--label', 'keep=yes']);
    expect(asked.map(({ line, body }) => [line, JSON.parse(body) as unknown])).toEqual([
      [`POST /v1/runs/${jobId}/annotations`, { note: 'door open', labels: { ticket: 'T-1', keep: 'yes' } }],
    ]);
  });

  describe('-o', () => {
    const named = { ...job, spec: { name: 'a "night", =1+1', ...job.spec } };
    const jobs = (...items: JobView[]) => json({ items, nextCursor: null });
    const output = async (...words: string[]) => {
      answers.set('GET /v1/jobs', [jobs(named)]);
      return xf(['jobs', ...words]);
    };

    it.each([
      [['-o', 'name'], `${jobId}\n`],
      [['--output', 'json'], `${JSON.stringify({ items: [named], nextCursor: null })}\n`],
      [
        ['-o', 'csv'],
        'job,name,state,runs,of,samples,lost,submitted,ended,by,labels\n' +
          `${jobId},"a ""night"", =1+1",running,0,2,0,0,2026-11-22T18:00:00.000Z,,key:local,\n`,
      ],
    ])('%j prints rows for programs', async (words, printed) => {
      expect(await output(...words)).toEqual({ code: exitCodes.ok, stdout: printed, stderr: '' });
    });

    it('prints a table, a wider one, and one for a document', async () => {
      expect((await output()).stdout).not.toContain('ended');
      expect((await output('-o', 'wide')).stdout).toContain('ended');
      expect((await output('-o', 'markdown')).stdout).toMatch(
        /^\| job \| name .*\n\| --- \| --- .* ---: .*\n\| \w{12} \|/,
      );
    });

    it('is written page by page with --all, its head once', async () => {
      const other = { ...job, jobId: jobId.replace(/b$/, 'c') };
      answers.set('GET /v1/jobs', [json({ items: [job], nextCursor: 'next' }), jobs(other)]);
      const { stdout } = await xf(['jobs', '--all', '-o', 'csv']);
      expect(stdout.split('\n').map((line) => line.split(',')[0])).toEqual(['job', jobId, other.jobId, '']);
      expect(asked.map(({ line }) => line)).toEqual(['GET /v1/jobs?limit=200', 'GET /v1/jobs?limit=200&cursor=next']);
    });

    it.each([
      ['a command without rows, before it does anything', ['cancel', jobId, '-o', 'csv']],
      ['one below a command that has rows', ['regressions', 'ack', 'abcd', '-o', 'csv']],
      ['a format that there is not', ['jobs', '-o', 'yaml']],
      ['two of them', ['jobs', '--json', '-o', 'csv']],
    ])('is refused with %s', async (_, words) => {
      const { code } = await xf(words);
      expect([code, asked]).toEqual([exitCodes.usage, []]);
    });

    it.each([
      ['GET /v1/results?by=host', ['results', '--by', 'host', '-o', 'json']],
      ['GET /v1/trends?selector=*&metric=u2k', ['trends', '-o', 'csv']],
      ['GET /v1/known-changes?selector=*&metric=u2k', ['known-changes', '-o', 'wide']],
      ['GET /v1/projections', ['admin', 'projections', '-o', 'csv']],
      ['GET /v1/set-aside-streams', ['admin', 'set-aside', '-o', 'name']],
      [`POST /v1/regressions/${jobId}/acknowledge`, ['regressions', 'ack', jobId, '-o', 'json']],
    ])('is no part of what is asked: %s', async (line, words) => {
      await xf(words);
      expect(asked.map((one) => [decodeURIComponent(one.line), one.body])).toEqual([
        [line, line.startsWith('POST') ? '{}' : ''],
      ]);
    });

    it('has a refusal in the words of the command line', async () => {
      const errors = [{ field: 'submittedBy', message: 'nobody submitted a job as "x"', remedy: 'there are demo' }];
      answers.set('GET /v1/jobs', [json({ ...problem, errors }, 422)]);
      expect((await xf(['jobs', '--by', 'x'])).stderr).toContain('--by: nobody submitted');
      answers.set('GET /v1/hosts/nope', [
        json({ ...problem, remedy: 'GET /v1/hosts lists the hosts', errors: [] }, 404),
      ]);
      expect((await xf(['hosts', 'nope'])).stderr).toContain('→ xf hosts lists the hosts');
    });

    it('has each host of a job, however many they are', async () => {
      const row = {
        ...{ hostId: 'h1', generation: 'Zen 3', virtualization: 'bare', bootStateHash: 'b', kernel: '6.1', kpti: true },
        ...{ cpuModel: null, bootOptions: null, executor: 'simulator', probe: 'pf', metric: 'u2k', noise: null },
        ...{
          provenance: 'simulated',
          runs: 2,
          samples: 20,
          lost: 0,
          p5Cycles: 1,
          p50Cycles: 2.5,
          p99Cycles: 3,
          p50Ns: null,
        },
      };
      const rows = Array.from({ length: 300 }, (_, i) => ({ ...row, hostId: `h${i}` }));
      answers.set(`GET /v1/jobs/${jobId}`, [json(job)]);
      answers.set(`GET /v1/jobs/${jobId}/results`, [json({ jobId, rows, failures: [] })]);
      const lines = (await xf(['jobs', jobId, '-o', 'csv'])).stdout.trimEnd().split('\n');
      expect(lines).toHaveLength(301);
      expect(lines[1]).toBe('h0,,Zen 3,bare,6.1,simulator,pf u2k,2,20,0,1,2.5,3,,simulated');
    });
  });

  describe('on a terminal', () => {
    const long = { ...job, spec: { ...job.spec, name: 'every-night-on-all-hosts' }, submittedBy: 'key:somebody' };
    async function onTerminal(columns: number, environment: NodeJS.ProcessEnv = {}) {
      const [out, err] = [Object.assign(new PassThrough(), { isTTY: true, columns }), new PassThrough()];
      const said = text(out);
      const env = { XF_URL: url, XF_KEY: 'k', ...environment };
      const outside = { root: '/', dataDir, environment: env, version: '0.0.0', setupMs: {}, out, err, exitCode: 0 };
      answers.set('GET /v1/jobs', [json({ items: [long], nextCursor: null })]);
      await run(['jobs'], outside);
      out.end();
      return (await said).trimEnd().split('\n');
    }

    it.each([80, 20, 1])('of %d columns a table is as narrow as it can be', async (columns) => {
      const widest = Math.max(...(await onTerminal(columns)).map((line) => line.trimEnd().length));
      // An id is one word, and not cut: every command takes its end.
      expect(widest).toBeLessThanOrEqual(Math.max(columns, '  every-night-on-all-hosts'.length));
    });
  });

  it.each([
    ['is coloured on a terminal', true, {}, true],
    ['is not with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['is not in a pipe, also where CI is set', false, { CI: 'true' }, false],
  ])('an error %s', async (_, isTTY, environment, coloured) => {
    const [out, err] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY })];
    const said = text(err);
    const outside = { root: '/', dataDir, environment, version: '0.0.0', setupMs: {}, out, err, exitCode: 0 };
    await run(['jobs'], outside);
    err.end();
    expect((await said).includes('\u001b[31m')).toBe(coloured);
  });

  it('asks for jobs and runs by state, submitter and time', async () => {
    answers.set('GET /v1/jobs', [json({ items: [], nextCursor: null })]);
    answers.set('GET /v1/runs', [json({ items: [], nextCursor: null })]);
    await xf(['jobs', '--by', 'key:ci', '--since', '7d', '--state', 'ended', '--label', 'team=kernel']);
    await xf(['runs', '--since', '7d', '--until', '1d', '--selector', 'kpti=on', '--by', 'key:ci']);
    expect(asked.map(({ line }) => decodeURIComponent(line))).toEqual([
      'GET /v1/jobs?state=ended&labels=team=kernel&submittedBy=key:ci&since=7d&limit=24',
      'GET /v1/runs?submittedBy=key:ci&since=7d&until=1d&selector=kpti=on&limit=24',
    ]);
  });

  it('submits a job again as it was, but for its seed', async () => {
    const again = { ...job, jobId: jobId.replace(/b$/, 'c') };
    answers.set(`GET /v1/jobs/${jobId}`, [json(job)]);
    answers.set('POST /v1/jobs', [json(again, 201)]);
    const { code, stdout } = await xf(['rerun', jobId]);
    expect(code).toBe(exitCodes.ok);
    expect(stdout).toMatch(new RegExp(`^job ${again.jobId}`));
    const { seed: _seed, ...spec } = job.spec;
    expect(JSON.parse(asked.at(-1)?.body ?? '')).toEqual(spec);
    await xf(['rerun', jobId, '--seed', '7', '--name', 'again']);
    expect(JSON.parse(asked.at(-1)?.body ?? '')).toEqual({ ...spec, seed: 7, name: 'again' });
  });

  it('names what it submits after another job so that both can be called by their names, with its labels of now', async () => {
    const items = (...found: JobView[]) => json({ items: found, nextCursor: null });
    const spec = { ...job.spec, name: 'nightly', labels: { team: 'net' } };
    answers.set(`GET /v1/jobs/${jobId}`, [json({ ...job, spec, labels: { team: 'kernel' } })]);
    answers.set('GET /v1/jobs', [items(job), items(job), items()]);
    answers.set('POST /v1/jobs', [json(job, 201)]);
    await xf(['rerun', jobId]);
    expect(JSON.parse(asked.at(-1)?.body ?? '')).toMatchObject({ name: 'nightly rerun 3', labels: { team: 'kernel' } });
    answers.set(`GET /v1/jobs/${jobId}`, [json({ ...job, spec: { ...spec, name: 'nightly rerun 3' } })]);
    await xf(['rerun', jobId]);
    const { labels, name } = JSON.parse(asked.at(-1)?.body ?? '') as { labels?: object; name: string };
    expect([name, labels]).toEqual(['nightly rerun', undefined]);
  });

  it('labels a job, and takes labels away', async () => {
    answers.set(`POST /v1/jobs/${jobId}/labels`, [json({ ...job, labels: { team: 'kernel' } })]);
    const { stdout } = await xf(['label', jobId, 'team=kernel', 'draft-']);
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ labels: { team: 'kernel', draft: null } });
    expect(stdout).toContain('labels team=kernel');
  });

  describe('retry', () => {
    const run = {
      ...{ runId: jobId, jobId, hostId: 'h1', executor: 'simulator', probe: 'pf', replicate: 0, guest: null },
      ...{ state: 'failed', attempt: 1, provenance: null, labels: null, bootStateHash: null, noise: null },
      ...{
        queuedAt: null,
        startedAt: null,
        endedAt: null,
        faults: 1,
        samples: 0,
        lost: 0,
        rejected: 0,
        damagedLines: 0,
      },
      ...{ overheadCycles: null, failure: null, parserVersion: null, results: [] },
    };
    const page = (...items: unknown[]) => json({ items, nextCursor: null });

    it('submits the hosts and probes that failed, as often as the worst of them', async () => {
      answers.set(`GET /v1/jobs/${jobId}`, [json(ended('partial'))]);
      answers.set('GET /v1/runs', [page(run, { ...run, replicate: 1 }), page({ ...run, hostId: 'h2' })]);
      answers.set('POST /v1/jobs', [json(job, 201)]);
      const { code, stderr } = await xf(['retry', jobId]);
      expect(code).toBe(exitCodes.ok);
      expect(stderr).toContain('3 runs gave no result on 2 hosts');
      expect(asked.map(({ line }) => line.split('&state=')[1])).toEqual([undefined, 'failed', 'abandoned', undefined]);
      const { seed: _seed, selector: _selector, ...rest } = job.spec;
      expect(JSON.parse(asked.at(-1)?.body ?? '')).toEqual({
        ...{ ...rest, hosts: ['h1', 'h2'], probes: ['pf'], runsPerHost: 2, executor: 'simulator' },
      });
    });

    it.each([
      ['a job that goes on', job, 'has not ended'],
      ['a job without a failure', ended('completed'), 'every run of the job completed'],
    ])('refuses %s', async (_, of, message) => {
      answers.set(`GET /v1/jobs/${jobId}`, [json(of)]);
      answers.set('GET /v1/runs', [page(), page()]);
      const { code, stderr } = await xf(['retry', jobId]);
      expect([code, stderr]).toEqual([exitCodes.refused, expect.stringContaining(message)]);
    });
  });

  it('tells the coordinator where notifications go, and nobody else', async () => {
    const route = {
      ...{ name: 'ops', state: 'active', format: 'json', causes: ['noise'], selector: '*', groupBy: 'rack' },
      ...{ origin: 'https://hooks.example', setBy: 'key:local', setAt: job.submittedAt, activeSince: job.submittedAt },
      ...{ paused: null, messages: { waiting: 0, delivered: 0, dead: 0, dropped: 0 }, history: [], secret: 'whsec_x' },
    };
    answers.set('PUT /v1/notification-routes/ops', [json(route)]);
    const to = ['--to', 'https://hooks.example/secret', '--cause', 'noise'];
    const { code, stdout, stderr } = await xf(['notifications', 'set', 'ops', '--format', 'json', ...to]);
    expect(code).toBe(exitCodes.ok);
    expect(stdout).toMatch(/^route ops: active\nto +https:\/\/hooks\.example \(json\)/);
    expect(stderr).toContain('messages are signed with whsec_x');
    expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { format: 'json', url: 'https://hooks.example/secret', causes: ['noise'] },
    ]);
  });

  describe('hosts invite', () => {
    const invitation = {
      ...{ invitationId: jobId, state: 'open', hostId: null, labels: { rack: 'r7' }, keyId: null, usedAt: null },
      ...{ createdAt: '2026-11-27T08:00:00.000Z', expiresAt: '2026-11-27T09:00:00.000Z' },
    };

    it('prints the line that joins, alone; with the address that the coordinator has for workers, or else its own', async () => {
      const token = `xf_join_${'t'.repeat(43)}`;
      answers.set('POST /v1/invitations', [json({ ...invitation, token, url: 'https://fleet.example' }, 201)]);
      const named = await xf(['hosts', 'invite', '--label', 'rack=r7', '--host', 'r7-u12', '--valid-for', '8h']);
      expect(named.stdout).toBe(`xperf-worker join https://fleet.example ${token}\n`);
      expect(named.stderr).toContain('it is good once, until 2026-11-27T09:00:00.000Z');
      expect(JSON.parse(asked.at(-1)?.body ?? '')).toEqual({
        labels: { rack: 'r7' },
        hostId: 'r7-u12',
        validFor: '8h',
      });

      answers.set('POST /v1/invitations', [json({ ...invitation, token, url: null }, 201)]);
      expect((await xf(['hosts', 'invite'])).stdout).toMatch(/^xperf-worker join http:\/\/127\.0\.0\.1:\d+ xf_join_/);
      expect(JSON.parse(asked.at(-1)?.body ?? '')).toEqual({});
    });

    it('lists invitations, and revokes one by the end of its id', async () => {
      answers.set('GET /v1/invitations', [json({ items: [invitation], nextCursor: null })]);
      answers.set(`DELETE /v1/invitations/${jobId}`, [(_, reply) => reply.writeHead(204).end()]);
      expect((await xf(['hosts', 'invitations'])).stdout).toMatch(/open +– +rack=r7/);
      expect((await xf(['hosts', 'invite', '--revoke', jobId.slice(-6)])).stdout).toBe(
        `invitation ${jobId} is revoked\n`,
      );
      expect((await xf(['hosts', 'invite', '--revoke', 'x', '--host', 'x'])).code).toBe(exitCodes.usage);
    });
  });

  describe('keys', () => {
    const key = { keyId: jobId, name: 'ci', role: 'submit', createdAt: '2026-11-22T18:00:00.000Z', revokedAt: null };
    const other = { ...key, keyId: jobId.replace(/b$/, 'c'), name: 'board', role: 'read' };

    it('are listed, made, and the secret alone is printed', async () => {
      answers.set('GET /v1/keys', [json({ items: [key], nextCursor: null })]);
      answers.set('POST /v1/keys', [json({ ...key, key: 'xf_submit_secret' }, 201)]);
      expect((await xf(['keys'])).stdout).toContain(`${jobId.slice(-12)}  ci    submit`);
      const made = await xf(['keys', 'create', '--name', 'ci', '--role', 'submit']);
      expect(made.stdout).toBe('xf_submit_secret\n');
      expect(JSON.parse(asked.at(-1)?.body ?? '')).toEqual({ name: 'ci', role: 'submit' });
    });

    it('are revoked by name or ending, never by a guess', async () => {
      answers.set('GET /v1/keys', [json({ items: [key, other], nextCursor: null })]);
      answers.set(`DELETE /v1/keys/${other.keyId}`, [(_, reply) => reply.writeHead(204).end()]);
      expect((await xf(['keys', 'revoke', 'board'])).stdout).toBe(`key ${other.keyId} is revoked\n`);
      expect((await xf(['keys', 'revoke', '89ac'])).code).toBe(exitCodes.ok);
      expect((await xf(['keys', 'revoke', 'nobody'])).code).toBe(exitCodes.refused);
    });
  });

  describe('events', () => {
    const event = {
      ...{ eventId: jobId, stream: `job-${jobId}`, version: 1, type: 'JobSubmitted', data: {}, actor: 'key:ci' },
      ...{ at: { xid: '7', position: '9' }, correlationId: jobId, causationId: null },
      ...{ occurredAt: '2026-11-22T18:00:00.000Z', recordedAt: '2026-11-22T18:00:00.000Z' },
    };

    it('are listed newest first, by type and stream', async () => {
      answers.set('GET /v1/events', [json({ items: [event], nextCursor: null })]);
      const { stdout } = await xf(['events', '--type', 'JobSubmitted,RunFailed', '--stream', 'job-1', '--limit', '5']);
      expect(stdout).toMatch(/2026-11-22 18:00:00Z +JobSubmitted +job-\S+ +key:ci/);
      expect(decodeURIComponent(asked[0]?.line ?? '')).toBe(
        'GET /v1/events?type=JobSubmitted,RunFailed&stream=job-1&order=newest&limit=5',
      );
    });

    it('are followed from the newest on until Ctrl-C, each once', async () => {
      const next = { ...event, type: 'RunFailed', at: { xid: '8', position: '1' } };
      answers.set('GET /v1/events', [
        json({ items: [event], nextCursor: null }),
        json({ items: [next], nextCursor: null }),
        (request, reply, body) => {
          json({ items: [], nextCursor: null })(request, reply, body);
          process.emit('SIGINT');
        },
      ]);
      const { code, stdout } = await xf(['events', '--follow', '--type', 'RunFailed']);
      expect([code, stdout.trimEnd().split('\n')]).toEqual([
        exitCodes.interrupted,
        [expect.stringContaining('RunFailed')],
      ]);
      expect(asked.slice(0, 3).map(({ line }) => decodeURIComponent(line).split('?')[1])).toEqual([
        'order=newest&limit=1',
        'type=RunFailed&order=oldest&after=7:9',
        'type=RunFailed&order=oldest&after=8:1',
      ]);
    });
  });

  it.each([['up'], ['demo'], ['sim', 'fleet']])(
    'says of %s %s that it needs the tree, where it has none',
    async (...words) => {
      const [out, err] = [new PassThrough(), new PassThrough()];
      const said = text(err);
      const environment = { XF_URL: url, XF_KEY: 'k' };
      const outside = { root: '/', dataDir, environment, version: '0.0.0', setupMs: {}, out, err, exitCode: 0 };
      const code = await run(words.filter(Boolean), { ...outside, packaged: true });
      err.end();
      expect([code, await said]).toEqual([
        exitCodes.usage,
        expect.stringContaining('run it in a clone of xperf-fleet'),
      ]);
    },
  );

  it('exits 3 when nobody listens, and when no coordinator is known', async () => {
    const nobody = await xf(['jobs', '--url', 'http://127.0.0.1:9', '--key', 'k']);
    expect(nobody).toMatchObject({ code: exitCodes.unreachable, stderr: expect.stringContaining('127.0.0.1:9') });
    expect(await xf(['jobs'], {})).toMatchObject({
      code: exitCodes.unreachable,
      stderr: expect.stringContaining('npm start'),
    });
  });

  it('finds the fleet of this machine by itself and sends its key nowhere else', async () => {
    const file = path.join(dataDir, 'local.json');
    await writeFile(file, JSON.stringify({ url, key: 'local', pid: process.pid, startedAt: job.submittedAt }));
    try {
      answers.set('GET /v1/jobs', [json({ items: [], nextCursor: null })]);
      expect(await xf(['jobs'], {})).toMatchObject({ code: exitCodes.ok, stdout: 'no jobs\n' });
      expect(asked[0]?.headers.authorization).toBe('Bearer local');
      expect((await xf(['jobs'], { XF_URL: 'http://127.0.0.1:9' })).code).toBe(exitCodes.refused);
    } finally {
      await rm(file);
    }
  });

  it('writes the raw log byte by byte and an export into a file', async () => {
    const bytes = '6,1,1,-;xperf: magic=0x19940619\n';
    answers.set(`GET /v1/runs/${jobId}/raw`, [(_, reply) => reply.end(bytes)]);
    answers.set(`GET /v1/runs/${jobId}/samples`, [(_, reply) => reply.end('seq,u2k\n0,440\n')]);
    expect((await xf(['runs', jobId, '--raw'])).stdout).toBe(bytes);
    const file = path.join(dataDir, 'samples.csv');
    const { code, stdout } = await xf(['export', jobId, '--format', 'csv', '--out', file, '--json']);
    expect({ code, done: JSON.parse(stdout) as unknown }).toEqual({
      code: 0,
      done: { file, format: 'csv', bytes: 14 },
    });
    expect(await readFile(file, 'utf8')).toBe('seq,u2k\n0,440\n');
    expect(asked.at(-1)?.line).toContain('format=csv');
  });

  it('tells a broken-off reply from a whole one', async () => {
    answers.set(`GET /v1/runs/${jobId}/raw`, [
      (_, reply) => {
        reply.writeHead(200, { 'content-length': '100' });
        reply.write('half', () => reply.destroy());
      },
    ]);
    const { code, stderr } = await xf(['runs', jobId, '--raw']);
    expect(code).toBe(exitCodes.coordinator);
    expect(stderr).toContain('not complete');
  });

  it('says without a fleet what this machine can measure', async () => {
    const { code, stdout } = await xf(['doctor', '--json'], { PATH: '' });
    const report = JSON.parse(stdout) as { checks: { id: string; state: string }[] };
    expect(code).toBe(exitCodes.ok);
    expect(report.checks).toContainEqual(expect.objectContaining({ id: 'compiler', state: 'missing' }));
  });
});

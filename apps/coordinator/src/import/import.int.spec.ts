import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Comparison,
  type ImportReply,
  type JobView,
  limits,
  type Page,
  type Problem,
  type ReplayReply,
  type RunDetail,
  type RunView,
  runStream,
} from '#contracts';
import { createLogReader, formatContractLine } from '#dmesg';
import { simulateRun, type SimulatedRunOptions } from '#entry-sim';
import { readStream } from '#event-store';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { planOf, queueRun } from '../../../../test/coordinator/played-runs.js';
import { eventually } from '../../../../test/eventually.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { startAttempt } from '../../../../test/fleet/story.js';

/** A log as a kernel with the hook prints it. */
function logOf(options: Partial<SimulatedRunOptions> = {}): string {
  const run = {
    machine: 'haswell-ep',
    probe: 'pf',
    faults: 2_000,
    warmup: 10,
    nonce: '0badf00d',
    seed: 7,
    batch: 8,
  } as const;
  return [...simulateRun({ ...run, ...options })].join('');
}

const boot = [
  '6,1,0,-;Linux version 6.1.0-18-amd64 (b@h) (gcc) #1 SMP Debian 6.1.76-1',
  '6,2,0,-;Command line: root=/dev/sda1 pti=on',
  '6,3,0,-;tsc: Detected 2300.000 MHz processor',
  '6,4,0,-;smpboot: CPU0: Intel(R) Xeon(R) CPU E5-2650 v3 @ 2.30GHz (family: 0x6, model: 0x3f, stepping: 0x2)',
  '',
].join('\n');

describe('imports', () => {
  let fleet: CoordinatorUnderTest;
  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [simulatedHost('h1')]);
  });
  afterAll(() => fleet.stop());

  function bring<T = ImportReply>(log: string | Uint8Array, query: Record<string, string> = {}, headers = {}) {
    const asked = new URLSearchParams({ host: 'h1', ...query });
    const body = typeof log === 'string' ? log : Buffer.from(log);
    const type = { 'content-type': 'application/octet-stream', ...headers };
    return fleet.ask<T>(`/v1/imports?${asked.toString()}`, { method: 'POST', body, headers: type });
  }
  async function imported(reply: ImportReply): Promise<RunDetail[]> {
    const ids = reply.runs.map(({ runId }) => runId ?? '');
    await fleet.readModelHas(...ids.map(runStream));
    return Promise.all(ids.map(async (id) => (await fleet.ask<RunDetail>(`/v1/runs/${id}`)).body));
  }
  const runsOf = async (host: string): Promise<number> =>
    (await fleet.ask<Page<RunView>>(`/v1/runs?hostId=${host}`)).body.items.length;

  it('make a run of a log as a worker makes one of a live log, bytes and all', async () => {
    const live = logOf({ damage: ['ring-overflow', 'cut-lines'] });
    const log = boot + live;
    const reader = createLogReader({ nonce: '0badf00d', probe: 'pf' });
    const gaps = [...reader.push(Buffer.from(live)), ...reader.end()].filter(({ kind }) => kind === 'gap');
    const { samples, lost, rejected } = reader.accounting();
    const { status, body } = await bring(log, { label: 'rack=7', occurredAt: '2026-03-01T12:00:00Z' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      host: 'h1',
      notes: [],
      runs: [{ outcome: 'imported', faults: 2_000, samples, lost }],
    });
    const [run] = await imported(body);
    expect(run).toMatchObject({
      ...{ state: 'completed', provenance: 'imported', executor: 'import', samples, lost, rejected, failure: null },
      labels: { host: 'h1', rack: '7', generation: 'Haswell-EP', 'kernel-series': '6.1', provenance: 'imported' },
      bootState: { tscKhz: 2_300_000, kernelCommandLine: 'root=/dev/sda1 pti=on', cpus: null, governor: null },
      ...{ startedAt: '2026-03-01T12:00:00.000Z', endedAt: '2026-03-01T12:00:00.000Z' },
    });
    expect(run?.gaps).toHaveLength(gaps.length);
    expect(run?.results.map(({ metric, p50Ns }) => [metric, p50Ns !== null])).toEqual([
      ['u2k', true],
      ['k2u', true],
    ]);
    const raw = await (await fleet.request(`/v1/runs/${run?.runId}/raw`)).text();
    expect(raw).toBe(live);
    const job = () => fleet.ask<JobView>(`/v1/jobs/${run?.jobId}`);
    await eventually('the job has ended', async () => (await job()).body.state === 'ended');
    expect((await job()).body).toMatchObject({ outcome: 'completed', spec: { executor: 'import' } });
    const types = (await readStream(fleet.db, runStream(run?.runId ?? ''))).map(({ type }) => type);
    expect([types[0], types[1], types.at(-1)]).toEqual(['RunQueued', 'RunStarted', 'RunCompleted']);
    const replay = { method: 'POST', json: { runs: [run?.runId] } };
    expect((await fleet.ask<ReplayReply>('/v1/replays', replay)).body.runs[0]).toMatchObject({ outcome: 'current' });
  });

  it('count a run once: in the same log, in another log, under another host, at the same time', async () => {
    const log = logOf({ nonce: '11111111' });
    const before = await runsOf('h1');
    const first = await Promise.all([bring(log), bring(log)]);
    expect(first.map(({ status }) => status).sort()).toEqual([200, 201]);
    const [run] = await imported(first[0].body);
    const again = [await bring(log), await bring(`${boot}${log}`), await bring(log, { host: 'h2', newHost: 'true' })];
    for (const { status, body } of again)
      expect([status, body.runs[0]?.outcome, body.runs[0]?.runId]).toEqual([200, 'known', run?.runId]);
    expect(await runsOf('h1')).toBe(before + 1);
  });

  it('make a run each of several in a log, of a new host, and say what is not known', async () => {
    const log = logOf({ nonce: '22222222' }) + logOf({ nonce: '33333333', faults: 500 }) + logOf({ nonce: '44444444' });
    const one = await bring(log, { host: 'lab-7', newHost: 'true', nonce: '33333333' });
    expect(one.body.runs.map(({ nonce, faults }) => [nonce, faults])).toEqual([['33333333', 500]]);
    expect(one.body.notes).toHaveLength(3);
    const { status, body } = await bring(log, { host: 'lab-7', newHost: 'true', tscKhz: '2300000', kernel: '6.1.0' });
    expect([status, body.runs.map(({ outcome }) => outcome)]).toEqual([201, ['imported', 'known', 'imported']]);
    expect(body.notes).toEqual([expect.stringMatching(/when it was taken/)]);
    const runs = await imported(body);
    expect(runs.map(({ faults, samples }) => [faults, samples])).toEqual([
      [2_000, 2_000],
      [500, 500],
      [2_000, 2_000],
    ]);
    expect(runs[0]?.jobId).toBe(runs[2]?.jobId);
    expect((await bring(logOf({ nonce: '55555555' }), { host: 'lab-7' })).status).toBe(201);
  });

  it('keep the samples of a log that was cut, and take no second copy of its run', async () => {
    const log = logOf({ nonce: '66666666' });
    const cut = await bring(log.slice(0, Math.floor(log.length / 2)));
    const [run] = cut.body.runs;
    expect(run).toMatchObject({ outcome: 'imported', faults: 2_000, rejected: 0 });
    expect((run?.samples ?? 0) + (run?.lost ?? 0)).toBe(2_000);
    await imported(cut.body);
    const { status, body } = await bring<Problem>(log);
    expect([status, body.errors?.[0]?.message]).toEqual([
      422,
      expect.stringMatching(/was imported before, as .* samples; this log has 2000/),
    ]);
  });

  it('take no run from a copy of the log in which this fleet measured it', async () => {
    const json = { hosts: ['h1'], runsPerHost: 1, faults: 2_000, warmup: 10 };
    const { body: job } = await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json });
    const [planned] = await planOf(fleet.db, job.jobId);
    if (planned === undefined) throw new Error('the plan is empty');
    await queueRun(fleet.db, job, planned);
    await startAttempt(fleet.db, planned.runId, 1);
    await fleet.readModelHas(runStream(planned.runId));
    const started = (await readStream(fleet.db, runStream(planned.runId))).find(({ type }) => type === 'RunStarted');
    const nonce = started?.type === 'RunStarted' ? started.data.nonce : '';
    const { status, body } = await bring<Problem>(logOf({ nonce, probe: planned.probe as 'pf' }));
    expect([status, body.errors?.[0]?.message]).toEqual([
      422,
      expect.stringMatching(/measured by this fleet's simulator/),
    ]);
  });

  it('are never pooled with, nor compared to, what was measured otherwise', async () => {
    const query = new URLSearchParams({ a: 'provenance=imported', b: 'provenance=imported,host=lab-7', metric: 'u2k' });
    const { body } = await fleet.ask<Comparison>(`/v1/compare?${query.toString()}`);
    expect(JSON.stringify(body)).toContain('imported from kernel logs');
    const { body: results } = await fleet.ask<{ rows: { provenance: string }[] }>('/v1/results?by=provenance');
    expect(results.rows.map(({ provenance }) => provenance)).toContain('imported');
  });

  const line = (text: string): string => `${formatContractLine('0badf00d', text)}\n`;
  const begin = 'begin probe=pf faults=5 warmup=0 pid=7 cpu=0 batch=1 overhead=24';
  it.each<[string, string, Record<string, string>, number, string, RegExp]>([
    ['an empty log', '', {}, 400, 'body', /empty/],
    ['a log without a run', boot, {}, 422, 'body', /no line of a run/],
    ['damage only', line(begin).replace('faults=5', 'faults=6'), {}, 422, 'body', /none has a right checksum/],
    ['a later contract', line(begin).replace('v=1', 'v=2'), {}, 422, 'body', /contract version 2/],
    ['an unknown probe', line(begin.replace('=pf', '=later')), {}, 422, 'body', /probe later, which this release/],
    ['a run without samples', line(begin), {}, 422, 'body', /none of 5 faults gave a sample/],
    ['too many faults', line(begin.replace('=5', '=99000000')), {}, 422, 'body', /announces 99000000 faults/],
    ['a host that is not known', logOf(), { host: 'h7' }, 422, 'host', /no host or run has the name h7/],
    ['a host that is no name', logOf(), { host: 'H 1' }, 400, 'host', /must be 1-63 characters/],
    ['a nonce that is not there', logOf(), { nonce: 'deadbeef' }, 422, 'nonce', /no good line of run deadbeef/],
    ['a time to come', logOf(), { occurredAt: '2999-01-01T00:00:00Z' }, 400, 'occurredAt', /future/],
    ['no rate', logOf(), { tscKhz: 'fast' }, 400, 'tscKhz', /./],
    ['a derived label', logOf(), { label: 'generation=Zen' }, 400, 'label', /derived generation/],
    ['a label without a value', logOf(), { label: 'rack' }, 400, 'label', /<name>=<value>/],
    ['an unknown parameter', logOf(), { hots: 'h1' }, 400, 'hots', /did you mean host/],
  ])('refuse %s', async (_what, log, query, status, field, message) => {
    const reply = await bring<Problem>(log, query);
    expect(reply.status).toBe(status);
    const error = reply.body.errors?.[0];
    expect(error?.field.split('.')[0]).toBe(field);
    expect(error?.message).toMatch(message);
    expect(error?.remedy).not.toBe('');
  });

  it('refuse what is too large, what is no log, and whoever may only read', async () => {
    const large = await bring<Problem>(Buffer.alloc(limits.importBytes + 1, 'x'));
    expect([large.status, large.body.errors?.[0]?.message]).toEqual([413, expect.stringMatching(/33,554,432 bytes/)]);
    expect((await bring('{}', {}, { 'content-type': 'application/json' })).status).toBe(415);
    const key = (await fleet.ask<{ key: string }>('/v1/keys', { method: 'POST', json: { name: 'r', role: 'read' } }))
      .body.key;
    const { status } = await fleet.ask('/v1/imports?host=h1', { method: 'POST', body: logOf(), key });
    expect(status).toBe(403);
  });

  it('leave the executor to imports: no job asks for it, no worker serves it', async () => {
    const json = { hosts: ['h1'], executor: 'import', runsPerHost: 1 };
    const { status, body } = await fleet.ask<Problem>('/v1/jobs', { method: 'POST', json });
    expect([status, body.errors?.[0]?.field, body.errors?.[0]?.remedy]).toEqual([
      422,
      'executor',
      expect.stringMatching(/stock-host/),
    ]);
    const there = await fleet.ask<Problem>('/v1/jobs', { method: 'POST', json: { hosts: ['lab-7'] } });
    expect([there.status, there.body.errors?.[0]?.message]).toEqual([
      422,
      expect.stringMatching(/no worker serves lab-7/),
    ]);
    expect(await runsOf('lab-7')).toBeGreaterThan(0);
    const host = simulatedHost('h3');
    const capabilities = [{ executor: 'import' as const, probes: ['pf' as const], provenance: 'imported' as const }];
    await expect(fleet.register('w3', [{ ...host, capabilities } as never])).rejects.toThrow('400');
  });
});

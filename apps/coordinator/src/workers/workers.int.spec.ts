import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  contractVersion,
  type HeartbeatReply,
  hostStream,
  type HostView,
  hostViewSchema,
  jobStream,
  type JobView,
  type Page,
  type Problem,
} from '#contracts';
import { deterministicId, readStream } from '#event-store';
import { type CoordinatorUnderTest, startCoordinator } from '../../../../test/coordinator/coordinator-under-test.js';
import { measureJob, planOf, queueRun } from '../../../../test/coordinator/played-runs.js';
import { bootStateOf, simulatedHost } from '../../../../test/fleet/hosts.js';
import { slipIn, startAttempt } from '../../../../test/fleet/story.js';

describe('workers', () => {
  let fleet: CoordinatorUnderTest;
  let reader: pg.Client | undefined;
  const instanceOf = (workerId: string) => deterministicId('instance', workerId);
  const sessionOf = (instanceId: string) => deterministicId('session', instanceId);
  const register = (
    workerId: string,
    hosts: unknown,
    instanceId = instanceOf(workerId),
    replace = false,
    sessionId = sessionOf(instanceId),
  ) =>
    fleet.ask<Problem & { leaseMs: number }>(`/v1/workers/${workerId}`, {
      method: 'PUT',
      json: { contractVersion, instanceId, sessionId, replace, hosts },
    });
  const beat = (
    hosts: string[],
    attempts: { runId: string; attempt: number }[] = [],
    workerId = 'w1',
    instanceId = instanceOf(workerId),
    sessionId = sessionOf(instanceId),
  ) =>
    fleet.ask<HeartbeatReply & Problem>(`/v1/workers/${workerId}/heartbeat`, {
      method: 'POST',
      json: { contractVersion, instanceId, sessionId, hosts, attempts },
    });
  /** As if a worker had last been heard of so long ago. */
  const fallSilent = async (workerId: string, ms: number): Promise<void> => {
    const silent = { where: { workerId }, data: { seenAt: new Date(Date.now() - ms) } };
    await fleet.db.workerSession.updateMany(silent);
    await fleet.db.workerPresence.updateMany(silent);
  };
  const leaseOf = (runId: string) => fleet.db.runLease.findUnique({ where: { runId } });
  const runningJob = async (runsPerHost = 1) => {
    const { body } = await fleet.ask<JobView>('/v1/jobs', {
      method: 'POST',
      json: { hosts: ['h1'], runsPerHost, faults: 20, warmup: 0 },
    });
    const plan = await planOf(fleet.db, body.jobId);
    for (const run of plan) {
      await queueRun(fleet.db, body, run);
      await startAttempt(fleet.db, run.runId, 1);
    }
    await fleet.readModelHas(...plan.map((run) => `run-${run.runId}`));
    return { job: body, runIds: plan.map((run) => run.runId) };
  };

  beforeAll(async () => {
    fleet = await startCoordinator({ LEASE_MS: '30000', HEARTBEAT_MS: '5000' });
  });
  afterAll(async () => {
    await reader?.end();
    await fleet.stop();
  });

  it.each([
    ['simulator', 'measured'],
    ['simulator', 'unknown'],
    ['stock-host', 'simulated'],
  ])('are refused when %s is said to give %s figures', async (executor, provenance) => {
    const host = simulatedHost('claims');
    const capabilities = [{ executor, provenance, probes: ['pf'] }];
    const { status, body } = await register('w1', [{ ...host, capabilities }]);
    expect({ status, field: body.errors?.[0]?.field }).toEqual({
      status: 400,
      field: 'hosts[0].capabilities[0].provenance',
    });
    expect(body.errors?.[0]?.message).toContain(`figures of executor ${executor} are `);
    expect((await fleet.ask('/v1/hosts/claims')).status).toBe(404);
  });

  it('register their hosts, which can be read and used at once', async () => {
    const { status, body } = await register('w1', [simulatedHost('h1'), simulatedHost('h2')]);
    expect({ status, body }).toEqual({ status: 200, body: { leaseMs: 30_000, heartbeatMs: 5_000 } });
    const host = hostViewSchema.parse((await fleet.ask('/v1/hosts/h1')).body);
    expect(host).toMatchObject({
      workerId: 'w1',
      labels: { host: 'h1', generation: 'Haswell-EP', virt: 'bare', provenance: 'simulated' },
    });
    // Until the read model knows a host, what is told of it comes from its stream, which does not say when it was seen.
    await fleet.readModelHas(hostStream('h1'));
    const known = hostViewSchema.parse((await fleet.ask('/v1/hosts/h1')).body);
    expect(Date.parse(known.seenAt ?? '')).toBeGreaterThan(0);
    const [event] = await readStream(fleet.db, hostStream('h1'));
    expect(event).toMatchObject({ type: 'HostRegistered', meta: { actor: 'worker:w1' } });
  });

  it('may repeat it: nothing new happens', async () => {
    const before = await fleet.db.event.count();
    expect((await register('w1', [simulatedHost('h1'), simulatedHost('h2')])).status).toBe(200);
    expect(await fleet.db.event.count()).toBe(before);
  });

  it('report a reboot as a change of facts', async () => {
    const rebooted = { ...simulatedHost('h2'), bootState: { ...bootStateOf('Haswell-EP'), kernelRelease: '6.12.0' } };
    await register('w1', [rebooted]);
    const events = await readStream(fleet.db, hostStream('h2'));
    expect(events.at(-1)).toMatchObject({ type: 'HostFactsChanged', data: { changed: ['labels', 'kernelRelease'] } });
    expect((await fleet.ask<HostView>('/v1/hosts/h2')).body.labels['kernel']).toBe('6.12.0');
  });

  it('can not take a host that another live worker serves', async () => {
    const { status, body } = await register('w2', [simulatedHost('new'), simulatedHost('h1')]);
    expect(status).toBe(409);
    expect(body.errors).toEqual([
      {
        field: 'hosts[1].hostId',
        message: expect.stringContaining('h1 is served by worker w1'),
        remedy: expect.stringContaining('30000 ms'),
      },
    ]);
    expect(await readStream(fleet.db, hostStream('new'))).toEqual([]);
  });

  it('can take the host of a worker that has gone silent', async () => {
    await register('w3', [simulatedHost('h9')]);
    await fallSilent('w3', 31_000);
    expect((await register('w4', [simulatedHost('h9')])).status).toBe(200);
    expect((await fleet.ask<HostView>('/v1/hosts/h9')).body.workerId).toBe('w4');
  });

  it("can not be kept from their hosts by a reader's lock", async () => {
    reader = new pg.Client({ connectionString: fleet.database.readerUrl });
    await reader.connect();
    // What the coordinator took while it registered, before it locked a row.
    await reader.query("SELECT pg_advisory_lock(hashtextextended('worker w6', 0))");
    expect((await register('w6', [simulatedHost('h6')])).status).toBe(200);
    await expect(reader.query('SELECT FROM worker_turns FOR UPDATE')).rejects.toMatchObject({ code: '42501' });
  });

  it('can not run twice under one id, but for a restart from the same state folder', async () => {
    expect((await register('w5', [simulatedHost('h5')])).status).toBe(200);
    const twin = deterministicId('instance', 'twin');
    for (const hostId of ['h5', 'elsewhere']) {
      const { status, body } = await register('w5', [simulatedHost(hostId)], twin);
      expect(status).toBe(409);
      expect(body.errors?.[0]).toMatchObject({
        message: expect.stringContaining(`another instance of worker w5 (${instanceOf('w5')})`) as unknown,
        remedy: expect.stringContaining('WORKER_ID of its own') as unknown,
      });
    }
    expect((await register('w5', [simulatedHost('h5')])).status).toBe(200);
  });

  it('of one copied state folder do not both serve: the latest start does, the other is told', async () => {
    const [original, copy] = ['original', 'copy'].map((name) => deterministicId('session', name));
    const instance = instanceOf('w7');
    await register('w7', [simulatedHost('h7')], instance, false, original);
    expect(await beat(['h7'], [], 'w7', instance, original)).toMatchObject({ status: 200 });
    expect((await register('w7', [simulatedHost('h7')], instance, false, copy)).status).toBe(200);
    const told = await beat(['h7'], [], 'w7', instance, original);
    expect(told.status).toBe(409);
    expect(told.body.errors?.[0]?.message).toContain("a copy of this one's state folder");
    expect(await beat(['h7'], [], 'w7', instance, copy)).toMatchObject({ status: 200 });
  });

  it('of one id that register at the same moment: one gets its hosts, the others none', async () => {
    const instances = Array.from({ length: 8 }, (_, i) => deterministicId('race', String(i)));
    const hosts = ['r1', 'r2', 'r3'].map((hostId) => simulatedHost(hostId));
    const replies = await Promise.all(
      instances.map((id, i) => register('racer', i % 2 ? hosts : [...hosts].reverse(), id)),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(409)]);
    const held = await fleet.db.workerPresence.findMany({ where: { workerId: 'racer' } });
    expect(new Set(held.map(({ instanceId }) => instanceId)).size).toBe(1);
    expect(held).toHaveLength(3);
  });

  it('can not bring another machine under a known name, unless the operator says so', async () => {
    await register('w6', [simulatedHost('h6')]);
    const other = { ...simulatedHost('h6'), bootState: bootStateOf('Zen 3') };
    const { status, body } = await register('w6', [other]);
    expect({ status, field: body.errors?.[0]?.field }).toEqual({ status: 409, field: 'hosts[0].bootState.cpu' });
    expect(body.errors?.[0]?.message).toMatch(/^h6 was Haswell-EP .* and is Zen 3 .* now$/);
    expect(body.errors?.[0]?.remedy).toContain('WORKER_REPLACE_HOSTS=1');
    expect((await register('w6', [other], instanceOf('w6'), true)).status).toBe(200);
  });

  it('have a token for the database, which only their own instance replaces, and which goes with the key', async () => {
    const made = await fleet.ask<{ key: string; keyId: string }>('/v1/keys', {
      method: 'POST',
      json: { name: 'bench', role: 'worker' },
    });
    const put = (digit: string, instance = 'w7') =>
      fleet.ask('/v1/workers/w7', {
        method: 'PUT',
        key: made.body.key,
        json: {
          ...{ contractVersion, hosts: [simulatedHost('h7')], tokenHash: digit.repeat(64) },
          instanceId: instanceOf(instance),
          sessionId: sessionOf(instanceOf(instance)),
        },
      });
    const held = async () => {
      const row = await fleet.db.workerToken.findUnique({ where: { workerId: 'w7' } });
      return row === null ? null : Buffer.from(row.tokenHash).toString('hex')[0];
    };
    expect([(await put('a')).status, await held()]).toEqual([200, 'a']);
    expect([(await put('a')).status, await held()]).toEqual([200, 'a']);
    expect([(await put('b', 'twin')).status, await held()]).toEqual([409, 'a']);
    expect([(await put('c')).status, await held()]).toEqual([200, 'c']);
    expect([(await put('z')).status, await held()]).toEqual([400, 'c']);
    await fleet.request(`/v1/keys/${made.body.keyId}`, { method: 'DELETE' });
    expect(await held()).toBeNull();
    await fleet.db.workerPresence.deleteMany({ where: { workerId: 'w7' } });
  });

  it('can not name a host twice or badly', async () => {
    expect(await register('w1', [simulatedHost('x'), simulatedHost('x')])).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'hosts[1].hostId' }] },
    });
    expect(await register('w1', [{ ...simulatedHost('x'), hostId: 'X' }])).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'hosts[0].hostId' }] },
    });
    expect(await register('w1', [{ ...simulatedHost('x'), bootState: {} }])).toMatchObject({ status: 400 });
  });

  it('are listed by their hosts, over pages and by selector', async () => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page: Page<HostView> = (await fleet.ask<Page<HostView>>(`/v1/hosts?limit=1${after}`)).body;
      ids.push(...page.items.map((host) => host.hostId));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(ids).toEqual(['h1', 'h2', 'h5', 'h6', 'h7', 'h9', 'r1', 'r2', 'r3']);
    const some = await fleet.ask<Page<HostView>>(`/v1/hosts?selector=${encodeURIComponent('kernel=6.12.0,host!=h1')}`);
    expect(some.body.items.map((host) => host.hostId)).toEqual(['h2']);
  });

  it('serve their hosts although the events of one can not be read', async () => {
    await register('w6', [simulatedHost('odd'), simulatedHost('even')]);
    await slipIn(fleet.db, hostStream('odd'), 'HostRegistered', 1, { poisoned: true });
    const { status } = await register('w6', [simulatedHost('odd'), simulatedHost('even'), simulatedHost('later')]);
    expect(status).toBe(200);
    expect((await fleet.ask('/v1/hosts/later')).status).toBe(200);
    expect((await fleet.ask('/v1/hosts/odd')).status).toBe(200);
    expect((await beat(['odd', 'even', 'later'], [], 'w6')).status).toBe(200);
  });

  describe('a heartbeat', () => {
    it('marks hosts as seen', async () => {
      const before = Date.parse((await fleet.ask<HostView>('/v1/hosts/h1')).body.seenAt ?? '');
      await fallSilent('w1', 3_600_000);
      expect(await beat(['h1', 'h1'])).toMatchObject({ status: 200, body: { stop: [] } });
      expect(Date.parse((await fleet.ask<HostView>('/v1/hosts/h1')).body.seenAt ?? '')).toBeGreaterThanOrEqual(before);
    });

    it('is not expected more often than this coordinator asks for it, whatever was noted of its session', async () => {
      await register('slow', [simulatedHost('slow')]);
      const told = { where: { workerId: 'slow' } };
      await fleet.db.workerSession.updateMany({ ...told, data: { heartbeatMs: 100 } });
      expect((await beat(['slow'], [], 'slow')).status).toBe(200);
      expect(await fleet.db.workerSession.findFirst(told)).toMatchObject({ heartbeatMs: 5_000 });
      await fleet.db.workerSession.updateMany({ ...told, data: { heartbeatMs: 60_000 } });
      expect((await beat(['slow'], [], 'slow')).status).toBe(200);
      expect(await fleet.db.workerSession.findFirst(told)).toMatchObject({ heartbeatMs: 60_000 });
    });

    it('is one row, however many hosts its worker has', async () => {
      await register('many', [simulatedHost('m1'), simulatedHost('m2'), simulatedHost('m3')]);
      const rows = () => fleet.db.$queryRaw<{ xmin: string }[]>`
        SELECT xmin::text AS xmin FROM worker_presence WHERE worker_id = 'many' ORDER BY host_id`;
      const before = await rows();
      await fallSilent('many', 3_600_000);
      const untouched = await rows();
      expect(before).toHaveLength(3);
      expect((await beat(['m1', 'm2', 'm3'], [], 'many')).status).toBe(200);
      expect(await rows()).toEqual(untouched);
      for (const hostId of ['m1', 'm2', 'm3']) {
        const seenAt = Date.parse((await fleet.ask<HostView>(`/v1/hosts/${hostId}`)).body.seenAt ?? '');
        expect(seenAt).toBeGreaterThan(Date.now() - 60_000);
      }
    });

    it('of a worker that lost one of its hosts is refused, and its others were seen when it was last heard of', async () => {
      await register('loser', [simulatedHost('l1'), simulatedHost('l2')]);
      await fallSilent('loser', 31_000);
      expect((await register('taker', [simulatedHost('l1')])).status).toBe(200);
      const { status, body } = await beat(['l1', 'l2'], [], 'loser');
      expect(status).toBe(409);
      expect(body.errors?.[0]?.message).toContain('l1 is served by worker taker');
      const seenAt = Date.parse((await fleet.ask<HostView>('/v1/hosts/l2')).body.seenAt ?? '');
      expect(seenAt).toBeLessThan(Date.now() - 30_000);
      expect((await beat(['l1'], [], 'taker')).status).toBe(200);
    });

    it('keeps no host of another worker or instance present, and is told so', async () => {
      const seen = async () => (await fleet.ask<HostView>('/v1/hosts/h1')).body.seenAt;
      const before = await seen();
      expect(await beat(['h1'], [], 'intruder')).toMatchObject({ status: 409 });
      expect(await beat(['h1'], [], 'w1', deterministicId('instance', 'twin'))).toMatchObject({ status: 409 });
      expect(await beat(['never-registered'], [], 'stranger')).toMatchObject({ status: 404 });
      expect(await seen()).toEqual(before);
    });

    it('renews the leases of its attempts', async () => {
      const { runIds } = await runningJob(2);
      expect(
        (
          await beat(
            ['h1'],
            runIds.map((runId) => ({ runId, attempt: 1 })),
          )
        ).body,
      ).toEqual({ stop: [] });
      for (const runId of runIds) {
        const lease = await leaseOf(runId);
        expect(lease).toMatchObject({ attempt: 1, workerId: 'w1' });
        expect((lease?.expiresAt.getTime() ?? 0) - Date.now()).toBeGreaterThan(10_000);
      }
    });

    it('is told to stop an attempt that was superseded, and gives it no lease', async () => {
      const { runIds } = await runningJob();
      const [runId = ''] = runIds;
      await fleet.db.$executeRaw`UPDATE runs SET attempt = 2 WHERE run_id = ${runId}::uuid`;
      expect((await beat(['h1'], [{ runId, attempt: 1 }])).body).toEqual({ stop: [{ runId, attempt: 1 }] });
      expect(await leaseOf(runId)).toBeNull();
      expect((await beat(['h1'], [{ runId, attempt: 2 }])).body).toEqual({ stop: [] });
      expect(await leaseOf(runId)).toMatchObject({ attempt: 2 });
    });

    it('is told to stop a cancelled attempt, which keeps its lease for the farewell', async () => {
      const { job, runIds } = await runningJob();
      const [runId = ''] = runIds;
      await fleet.ask(`/v1/jobs/${job.jobId}/cancel`, { method: 'POST' });
      await fleet.readModelHas(jobStream(job.jobId));
      expect((await beat(['h1'], [{ runId, attempt: 1 }])).body).toEqual({ stop: [{ runId, attempt: 1 }] });
      expect(await leaseOf(runId)).toMatchObject({ attempt: 1 });
    });

    it('is told to stop a run that has ended', async () => {
      const { body: job } = await fleet.ask<JobView>('/v1/jobs', {
        method: 'POST',
        json: { hosts: ['h1'], runsPerHost: 1, faults: 20, warmup: 0 },
      });
      const [run] = await measureJob(fleet, job);
      const attempt = { runId: run?.runId ?? '', attempt: 1 };
      expect((await beat(['h1'], [attempt])).body).toEqual({ stop: [attempt] });
    });

    it('is not told to stop what the read model has not seen', async () => {
      const unseen = { runId: '7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11', attempt: 1 };
      expect((await beat(['h1'], [unseen])).body).toEqual({ stop: [] });
    });
  });
});

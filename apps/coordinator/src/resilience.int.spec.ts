import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { type JobView, type Page, type Problem } from '#contracts';
import { type CoordinatorUnderTest, startCoordinator } from '../../../test/coordinator/coordinator-under-test.js';
import { eventually } from '../../../test/eventually.js';
import { untilFilled } from '../../../test/fleet/read-model.js';
import { simulatedHost } from '../../../test/fleet/hosts.js';
import type { Readiness } from './health/checks.js';
import { BackgroundWork } from './read-model/background-work.js';

const spec = { hosts: ['h1'], runsPerHost: 1, faults: 20, warmup: 0 };

/** Stands between the coordinator and PostgreSQL, and can be cut. */
class Wire {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #port = 0;

  constructor({ port, hostname }: URL) {
    this.#server = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
  }

  async restore(): Promise<number> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.#port = address.port;
    return this.#port;
  }

  async cut(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

describe('a coordinator whose PostgreSQL goes away', () => {
  let fleet: CoordinatorUnderTest;
  let wire: Wire;
  const submit = () =>
    fleet.ask<JobView & Problem>('/v1/jobs', { method: 'POST', json: spec, headers: { 'idempotency-key': 'kept' } });

  beforeAll(async () => {
    fleet = await startCoordinator({}, async (url) => {
      wire = new Wire(url);
      url.port = String(await wire.restore());
      return url;
    });
    await fleet.register('w1', [simulatedHost('h1')]);
  });
  afterAll(async () => {
    await fleet.stop();
    await wire.cut();
  });

  it('says so, with the remedy, loses nothing, and goes on when it is back', async () => {
    await wire.cut();
    const away = await submit();
    expect(away).toMatchObject({
      status: 503,
      body: {
        type: 'urn:xperf-fleet:problem:database-unreachable',
        remedy: expect.stringContaining('Idempotency-Key'),
      },
    });
    expect(away.headers.get('retry-after')).toBe('2');
    const ready = await fleet.ask('/health/ready', { key: null });
    expect(ready).toMatchObject({
      status: 503,
      body: { status: 'down', checks: { postgres: { status: 'down', remedy: expect.any(String) } } },
    });
    expect((await fleet.ask('/health/live', { key: null })).status).toBe(200);
    const unknownKey = await fleet.ask<Problem>('/v1/jobs', { key: `xf_read_${'a'.repeat(43)}` });
    expect(unknownKey.status).toBe(503);
    const metrics = await (await fleet.request('/metrics', { key: null })).text();
    expect(metrics).toContain('xf_dependency_up{dependency="postgres"} 0');

    await wire.restore();
    const back = await eventually('the job is taken', async () => {
      const reply = await submit();
      return reply.status !== 503 && reply;
    });
    expect(back.status).toBe(201);
    expect((await submit()).body.jobId).toBe(back.body.jobId);
    await fleet.readModelHas(`job-${back.body.jobId}`);
    // Its connections are new, and a check has 2 s.
    await eventually('it is ready', async () => (await fleet.ask('/health/ready', { key: null })).status === 200);
  });
});

describe('a coordinator whose database can not be written', () => {
  let fleet: CoordinatorUnderTest;
  const asAdmin = async (sql: string) => {
    const client = new pg.Client({ connectionString: fleet.database.adminUrl });
    await client.connect();
    await client.query(sql);
    await client.end();
  };

  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [simulatedHost('h1')]);
  });
  afterAll(() => fleet.stop());

  it('names the full disk and the remedy, and stores nothing', async () => {
    // What PostgreSQL raises when a write finds no room, raised at the same place.
    await asAdmin(`CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER no_room BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION no_room()`);
    const before = await fleet.db.event.count();
    const full = await fleet.ask<Problem>('/v1/jobs', { method: 'POST', json: spec });
    expect(full).toMatchObject({
      status: 507,
      body: { type: 'urn:xperf-fleet:problem:database-full', remedy: expect.stringContaining('free space') },
    });
    expect(await fleet.db.event.count()).toBe(before);
    await asAdmin('DROP TRIGGER no_room ON events');
    expect((await fleet.ask('/v1/jobs', { method: 'POST', json: spec })).status).toBe(201);
  });

  it('keeps the reason of a bug in its log, not in the reply', async () => {
    await asAdmin(`CREATE FUNCTION bug() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION 'secret detail'; END $$;
      CREATE TRIGGER bug BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION bug()`);
    const { status, body } = await fleet.ask<Problem>('/v1/jobs', { method: 'POST', json: spec });
    await asAdmin('DROP TRIGGER bug ON events');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('secret detail');
    expect(body.remedy).toContain(body.correlationId ?? 'no correlation id');
    const line = fleet.logLines.find(
      (entry) => entry['correlationId'] === body.correlationId && entry['err'] !== undefined,
    );
    expect(JSON.stringify(line)).toContain('secret detail');
  });
});

describe('a coordinator whose projection lags', () => {
  let fleet: CoordinatorUnderTest;
  beforeAll(async () => {
    fleet = await startCoordinator();
    await fleet.register('w1', [simulatedHost('h1')]);
    await fleet.coordinator.app.get(BackgroundWork).beforeApplicationShutdown();
  });
  afterAll(() => fleet.stop());

  it('still reads what was written', async () => {
    const { body: job } = await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json: spec });
    expect((await fleet.ask<JobView>(`/v1/jobs/${job.jobId}`)).body).toEqual(job);
    expect((await fleet.ask<JobView>(`/v1/jobs/${job.jobId}/cancel`, { method: 'POST' })).body.state).toBe(
      'cancelling',
    );
    expect((await fleet.ask<JobView>(`/v1/jobs/${job.jobId}`)).body.state).toBe('cancelling');
    expect((await fleet.ask(`/v1/jobs/${job.jobId}/results`)).body).toEqual({
      jobId: job.jobId,
      rows: [],
      failures: [],
    });
    expect((await fleet.ask<Page<JobView>>('/v1/jobs')).body.items).toEqual([]);
  });

  it('says how far behind it is', async () => {
    // A check that takes longer than 2 s, as on a busy machine, knows nothing.
    const lagEvents = await eventually('it knows how far behind it is', async () => {
      const { body } = await fleet.ask<Readiness>('/health/ready', { key: null });
      return body.checks.projection.lagEvents;
    });
    expect(lagEvents).toBe(2);
    const metrics = await (await fleet.request('/metrics', { key: null })).text();
    expect(metrics).toMatch(/^xf_projection_lag_events{projection="operational"} 2$/m);
  });
});

/** A series with its labels in one order. */
const sorted = (series: string): string => series.replace(/[{}]/g, ',').split(',').filter(Boolean).sort().join();

describe('metrics', () => {
  let fleet: CoordinatorUnderTest;
  beforeAll(async () => {
    // No host falls silent, however busy the machine is.
    fleet = await startCoordinator({ HEARTBEAT_MS: '600000', LEASE_MS: '3600000' });
    // Tables are swapped when they are filled, and a row that a test puts there is gone.
    await untilFilled(fleet.db);
  });
  afterAll(() => fleet.stop());

  it('count requests by their route, not by their ids, and runs by state', async () => {
    await fleet.ask('/v1/jobs/7f3f2c1e-8e0d-4c3a-9a53-0d6a3f5b2c11');
    const response = await fleet.request('/metrics', { key: null });
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const metrics = await response.text();
    expect(metrics).toContain(
      'xf_http_request_duration_seconds_count{method="GET",route="/v1/jobs/:jobId",status="404"} 1',
    );
    expect(metrics).not.toContain('7f3f2c1e');
    for (const state of ['planned', 'started', 'completed']) expect(metrics).toContain(`xf_runs{state="${state}"} 0`);
    expect(metrics).toContain('xf_queue_tickets{state="waiting"} 0');
    expect(metrics).toContain('xf_dependency_up{dependency="queue"} 1');
    expect(metrics).toContain('process_resident_memory_bytes');
  });

  it('tell hosts by state and noise, latency of groups, how long the queue and messages have waited, and of no single host', async () => {
    const hosts = ['h1', 'h2', 'h3'].map((hostId) => simulatedHost(hostId));
    await fleet.register('w1', hosts);
    await fleet.ask('/v1/host-actions', { method: 'POST', json: { action: 'drain', hosts: ['h2'], reason: 'a test' } });
    await fleet.readModelHas('host-h2');
    const { body: job } = await fleet.ask<JobView>('/v1/jobs', { method: 'POST', json: { ...spec, hosts: ['h1'] } });
    await eventually('the run is queued', () => fleet.db.run.count({ where: { jobId: job.jobId, state: 'queued' } }));
    await fleet.db.$executeRaw`UPDATE runs SET queued_at = now() - interval '1 hour' WHERE host_id = 'h1'`;
    await fleet.db.$executeRaw`
      INSERT INTO daily_cells (provenance, probe, metric, day, generation, virtualization, executor, kernel, kpti, demo, hosts,
                               p50_cycles, p50_ns, p95_ns, lowest_level, median_level, highest_level)
      SELECT 'simulated', 'pf', 'u2k', now() - interval '1 day' * ago, 'Zen-3', 'bare', 'simulator', '6.12', 'off', false, 2, 200,
             100 - ago, 120, 1, 1, 1 FROM generate_series(1, 9) AS ago`;
    // With a route: a message without one is dropped by the next look at what there is to tell. It is not due, so that nobody tries it.
    const route = { url: 'http://127.0.0.1:9/', format: 'json', causes: ['job-failed'] };
    expect((await fleet.ask('/v1/notification-routes/r', { method: 'PUT', json: route })).status).toBe(200);
    await fleet.readModelHas('notification-route-r');
    await fleet.db.notification.create({
      data: {
        ...{ messageId: job.jobId, route: 'r', cause: 'noise', status: 'firing', content: {}, state: 'waiting' },
        ...{ madeAt: new Date(Date.now() - 600_000), giveUpAt: new Date() },
      },
    });
    const metrics = await (await fleet.request('/metrics', { key: null })).text();
    const values = Object.fromEntries(
      metrics
        .split('\n')
        .filter((line) => /^xf_(hosts|latency|queue_oldest|notifications)/.test(line))
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    );
    const group =
      'metric="u2k",probe="pf",provenance="simulated",executor="simulator",generation="Zen-3",virtualization="bare",kernel="6.12",kpti="off"';
    expect(values).toMatchObject({
      ...{ 'xf_hosts{state="online"}': 2, 'xf_hosts{state="draining"}': 1, 'xf_hosts{state="silent"}': 0 },
      ...{ 'xf_hosts_by_noise_grade{grade="none"}': 3, 'xf_hosts_by_noise_grade{grade="D"}': 0 },
      ...{ 'xf_notifications{state="waiting"}': 1, 'xf_notifications{state="dead"}': 0 },
    });
    const latency = Object.entries(values).filter(([name]) => name.startsWith('xf_latency'));
    expect(latency.map(([name, value]) => [sorted(name), value])).toEqual([
      [sorted(`xf_latency_nanoseconds{${group},quantile="0.5"}`), 99],
      [sorted(`xf_latency_nanoseconds{${group},quantile="0.95"}`), 120],
    ]);
    expect(values['xf_queue_oldest_seconds{hosts="online"}']).toBeGreaterThanOrEqual(3_600);
    expect(values['xf_queue_oldest_seconds{hosts="other"}']).toBe(0);
    expect(values['xf_notifications_oldest_seconds']).toBeGreaterThanOrEqual(600);
    expect(metrics).not.toMatch(/h[123]"/);
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { contractVersion, type JobView } from '#contracts';
import { Wire } from '../../../test/chaos/wire.js';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres/fresh-database.js';
import { queueUnderTest, type QueueUnderTest } from '../../../test/queue/queue-under-test.js';
import { CoordinatorProcess } from '../../../test/coordinator/coordinator-process.js';
import { simulatedHost } from '../../../test/fleet/hosts.js';
import { hashKey } from './auth/api-key.js';
import { eventually } from '../../../test/eventually.js';

jest.setTimeout(120_000);

const key = `xf_admin_${'k'.repeat(43)}`;

describe('the coordinator as a process', () => {
  let database: FreshDatabase;
  let queue: QueueUnderTest;
  const environment = (more: Record<string, string> = {}): Record<string, string> => ({
    DATABASE_URL: database.coordinatorUrl,
    QUEUE_URL: queue.coordinatorUrl,
    PORT: '0',
    XF_LOCAL_KEY: key,
    ...more,
  });

  beforeAll(async () => {
    database = await freshDatabase();
    queue = await queueUnderTest(database);
  });
  afterAll(() => database.drop());

  it('tells its parent where it listens, and stops on SIGTERM although a client follows a job', async () => {
    const coordinator = new CoordinatorProcess(environment());
    const url = await coordinator.url();
    const ask = (path: string, method: string, body: unknown) =>
      fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await ask('/v1/workers/w1', 'PUT', {
      contractVersion,
      instanceId: '00000000-0000-4000-8000-000000000001',
      sessionId: '00000000-0000-4000-8000-000000000002',
      hosts: [simulatedHost('h1')],
    });
    // The reply does not wait for the read model for ever.
    let job: Partial<JobView> = {};
    await eventually('the host is known', async () => {
      job = (await (await ask('/v1/jobs', 'POST', { hosts: ['h1'] })).json()) as Partial<JobView>;
      return job.jobId !== undefined;
    });
    const progress = await fetch(`${url}/v1/jobs/${job.jobId ?? ''}/progress`, {
      headers: { authorization: `Bearer ${key}` },
    });
    coordinator.child.kill('SIGTERM');
    const said = await progress.text();
    expect(said).toContain('event: progress');
    expect(said).not.toContain('event: end');
    const { code, output } = await coordinator.ended;
    expect(code).toBe(0);
    expect(output).toContain('"reason":"SIGTERM"');
    expect(output).not.toContain(key);
  });

  it('stops when its parent has gone', async () => {
    const coordinator = new CoordinatorProcess(environment());
    await coordinator.url();
    coordinator.child.disconnect();
    const { code, output } = await coordinator.ended;
    expect(code).toBe(0);
    expect(output).toContain('the parent has gone');
  });

  // docs/operations.md says 5 s. The limit here is wide, for a busy machine: what waits for PostgreSQL waits for ten seconds and more.
  it.each<[string, (wire: Wire) => void]>([
    ['has gone', (wire) => wire.close()],
    ['has stopped answering', (wire) => wire.loseAnswers()],
  ])('stops on SIGTERM although PostgreSQL %s', async (_, harm) => {
    const [store, tickets] = [new URL(database.coordinatorUrl), new URL(queue.coordinatorUrl)];
    const wire = await Wire.to(Number(store.port));
    for (const url of [store, tickets]) if (url.protocol.startsWith('postgres')) url.port = String(wire.port);
    const coordinator = new CoordinatorProcess(environment({ DATABASE_URL: store.href, QUEUE_URL: tickets.href }));
    try {
      const url = await coordinator.url();
      harm(wire);
      await eventually('it has noticed', async () => (await fetch(`${url}/health/ready`)).status === 503);
      coordinator.child.kill('SIGTERM');
      await eventually('it has ended', () => coordinator.child.exitCode !== null, 20_000);
      const { code, signal, output } = await coordinator.ended;
      expect(signal).toBeNull();
      expect([0, 1]).toContain(code);
      expect(output).toContain('"reason":"SIGTERM"');
    } finally {
      coordinator.child.kill('SIGKILL');
      wire.close();
    }
  });

  it('names every wrong variable', async () => {
    const { code, output } = await new CoordinatorProcess({ PORT: 'x', HOST: '127.0.0.1' }).ended;
    expect(code).toBe(2);
    expect(output).toBe(
      'DATABASE_URL is not set; set it, for example postgres://xf_coordinator:secret@127.0.0.1:5432/xperf\nPORT must be a whole number\n',
    );
  });

  it('says that its port is taken', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const { code, output } = await new CoordinatorProcess(environment({ PORT: port })).ended;
    other.close();
    expect(code).toBe(3);
    expect(output).toContain(`PORT: port ${port} of 127.0.0.1 is taken; stop the program that listens there`);
  });

  it('says that PostgreSQL does not answer, without the password', async () => {
    const nowhere = 'postgres://someone:hunter2@127.0.0.1:1/xperf';
    const { code, output } = await new CoordinatorProcess(environment({ DATABASE_URL: nowhere })).ended;
    expect(code).toBe(1);
    expect(output).toMatch(/DATABASE_URL: PostgreSQL can not be used: .*; start PostgreSQL or correct DATABASE_URL/);
    expect(output).not.toContain('hunter2');
  });

  it('says that the database was not migrated', async () => {
    const url = new URL(database.adminUrl);
    url.pathname = '/postgres';
    const { code, output } = await new CoordinatorProcess(environment({ DATABASE_URL: url.href })).ended;
    expect(code).toBe(1);
    expect(output).toMatch(/DATABASE_URL: the database has no tables of ours; apply prisma\/migrations/);
  });

  it('does not listen beyond this machine without an admin key, and does with one', async () => {
    // As behind a proxy that ends TLS; without that word it refuses (environment.spec.ts).
    const open = environment({ HOST: '0.0.0.0', XF_PLAIN_HOSTS: '0.0.0.0' });
    const { code, output } = await new CoordinatorProcess(open).ended;
    expect(code).toBe(1);
    expect(output).toMatch(/HOST: refusing to listen on 0\.0\.0\.0 while there is no admin API key/);

    const allowed = new CoordinatorProcess({ ...open, XF_BOOTSTRAP_ADMIN_KEY_HASH: hashKey(key).toString('hex') });
    const url = new URL(await allowed.url());
    url.hostname = '127.0.0.1';
    expect((await fetch(new URL('/v1/keys', url), { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
    allowed.child.kill('SIGINT');
    expect((await allowed.ended).code).toBe(0);
  });
});

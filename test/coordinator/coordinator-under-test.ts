// A coordinator in this process, on a database of its own, that tests ask over real HTTP.
import { jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';

import { contractVersion, type HostDescription, hostStream } from '#contracts';
import { createPrisma, deterministicId, type PrismaClient } from '#event-store';
import { createLog } from '#logging';
import { type Coordinator, createCoordinator } from '../../apps/coordinator/src/coordinator.js';
import { readSettings } from '../../apps/coordinator/src/environment.js';
import { ReadModelProgress } from '../../apps/coordinator/src/read-model/read-model-progress.js';
import { freshDatabase, type FreshDatabase } from '../postgres/fresh-database.js';
import { queueUnderTest, type QueueUnderTest } from '../queue/queue-under-test.js';

// Every test here goes through HTTP, store and projection, beside other test files on a small machine.
jest.setTimeout(60_000);

export interface Reply<T = unknown> {
  status: number;
  headers: Headers;
  body: T;
}

export interface CoordinatorUnderTest {
  url: string;
  /** The local admin key. */
  key: string;
  coordinator: Coordinator;
  database: FreshDatabase;
  queue: QueueUnderTest;
  /** As the coordinator's own login. */
  db: PrismaClient;
  /** Every log line so far, parsed. */
  logLines: Record<string, unknown>[];
  /** A request with the local key unless `init` says otherwise; `json` becomes the body. */
  request(path: string, init?: RequestInit & { json?: unknown; key?: string | null }): Promise<Response>;
  /** The same, with the reply's JSON. */
  ask<T = unknown>(path: string, init?: RequestInit & { json?: unknown; key?: string | null }): Promise<Reply<T>>;
  /** Registers hosts and waits until the read model has them, however long that takes on a busy machine. */
  register(workerId: string, hosts: HostDescription[]): Promise<void>;
  /** Waits until the read model contains all that is in these streams. */
  readModelHas(...streams: string[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param environment beside what a coordinator needs, for example RATE_LIMIT_PER_MINUTE.
 * @param route changes the way to the database, for example through something that can be cut.
 * @param prepare gets the database before the coordinator does.
 */
export async function startCoordinator(
  environment: Record<string, string> = {},
  route: (databaseUrl: URL) => Promise<URL> = (url) => Promise.resolve(url),
  prepare: (database: FreshDatabase) => Promise<void> = () => Promise.resolve(),
): Promise<CoordinatorUnderTest> {
  const database = await freshDatabase();
  await prepare(database);
  const queue = await queueUnderTest(database);
  const key = `xf_admin_${randomBytes(32).toString('base64url')}`;
  const settings = readSettings({
    DATABASE_URL: (await route(new URL(database.coordinatorUrl))).href,
    QUEUE_URL: queue.coordinatorUrl,
    PORT: '0',
    XF_LOCAL_KEY: key,
    ...environment,
  });
  const logLines: Record<string, unknown>[] = [];
  const log = createLog(
    { level: 'debug', base: {} },
    { write: (line) => logLines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const db = createPrisma(database.coordinatorUrl, { poolSize: 2 });
  const coordinator = await createCoordinator(settings, log);
  const url = await coordinator.listen();

  const request: CoordinatorUnderTest['request'] = (path, { json, key: other, ...init } = {}) => {
    // Each on a connection of its own: on a kept one a request may meet the server closing it after 5 s of silence (ECONNRESET).
    const headers = new Headers({ connection: 'close', ...Object.fromEntries(new Headers(init.headers)) });
    if (json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
    const bearer = other === undefined ? key : other;
    if (bearer !== null && !headers.has('authorization')) headers.set('authorization', `Bearer ${bearer}`);
    return fetch(`${url}${path}`, { ...init, headers, ...(json === undefined ? {} : { body: JSON.stringify(json) }) });
  };
  const readModelHas = async (...streams: string[]): Promise<void> => {
    const there = await coordinator.app.get(ReadModelProgress).contains(streams, 20_000);
    if (!there) throw new Error(`the read model does not reach ${streams.join(', ')}`);
  };
  return {
    url,
    key,
    coordinator,
    database,
    queue,
    db,
    logLines,
    request,
    async ask<T>(path: string, init?: Parameters<typeof request>[1]) {
      const response = await request(path, init);
      const text = await response.text();
      const body = (text === '' ? null : JSON.parse(text)) as T;
      return { status: response.status, headers: response.headers, body };
    },
    readModelHas,
    async register(workerId, hosts) {
      const { status } = await request(`/v1/workers/${workerId}`, {
        method: 'PUT',
        json: {
          contractVersion,
          instanceId: deterministicId('instance', workerId),
          sessionId: deterministicId('session', workerId),
          hosts,
        },
      });
      if (status !== 200) throw new Error(`worker ${workerId} was refused with ${status}`);
      await readModelHas(...hosts.map(({ hostId }) => hostStream(hostId)));
    },
    async stop() {
      await coordinator.stop();
      await db.$disconnect();
      await database.drop();
    },
  };
}

import {
  createPostgresBackend,
  createRedisBackend,
  type ConnectionOptions,
  type IQueueBackend,
  type QueueBaseOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import { closed, endSilentConnections, tlsFault, unlessSilent } from '#connect';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { type Bell, type Listener, bellOnPostgres, bellOnRedis, ringOnRedis } from './bell.js';
import { lookOnPostgres, lookOnRedis, type QueueLook } from './queue-look.js';
import { readyAgain } from './ready-again.js';
import { exchangeOnPostgres, type ExchangeTickets, exchangeThrough, type Hold } from './ticket-exchange.js';
import { backendOf, type QueueBackendName, type QueueSettings } from './settings.js';

type Factory = (
  name: string,
  options: QueueBaseOptions,
  kind?: { blocking?: boolean; withBlockingConnection?: boolean },
) => IQueueBackend;

/** What a process holds towards the queue; every RunQueue and RunLanes of the process shares it. */
export interface QueueConnection {
  backend: QueueBackendName;
  /** What BullMQ's constructors take as `connection`. */
  options: ConnectionOptions;
  /** What BullMQ's constructors take as their last argument. */
  factory: Factory;
  look: QueueLook;
  /** How lanes end tickets and take the next; `viewOf` gives BullMQ's backend of a queue, where it is wanted. */
  exchanging(hold: Hold, viewOf: (queue: string) => IQueueBackend): ExchangeTickets;
  /** Calls for each queue that is given tickets, as far as that is heard. */
  listen(listener: Omit<Listener, 'onError'>): Bell;
  /** Has those who listen hear of queues that were given tickets. */
  ring(queues: readonly string[]): Promise<void>;
  /** @throws when the backend doesn't answer. */
  ping(): Promise<void>;
  /** Call it after every RunQueue and RunLanes on it is closed. */
  close(): Promise<void>;
}

/**
 * - `producer`: a command that can't be sent fails soon, because the reconciler tries again anyway.
 * - `lanes`: a command waits until the backend is back, because a lane has nothing else to do.
 */
export type QueueUse = 'producer' | 'lanes';

/** Queries of all lanes together: claims, acknowledgements, lock renewals. Each takes some 2 ms, most of it a flush. */
const postgresPoolSize = 4;

function openPostgres(settings: QueueSettings): QueueConnection {
  const config = {
    connectionString: settings.url,
    // BullMQ's statements name their tables without a schema when the pool is ours. And its functions keep the plan that
    // they made first: made while `job` was known to be empty, it reads the whole table for each claim from then on.
    // Nor does a ticket's commit wait for the disk: a crash of PostgreSQL may lose the last tickets or bring some back, like
    // any loss of the queue, and the reconciler and the fence of the runs' streams put that right.
    options: '-c search_path=bullmq -c enable_seqscan=off -c synchronous_commit=off',
    ...unlessSilent,
  };
  const pool = new pg.Pool({ ...config, max: postgresPoolSize, application_name: 'xf-queue' });
  pool.on('error', settings.onError);
  endSilentConnections(pool, settings.url, settings.onError);
  // The pool listens only to clients that are idle, and BullMQ, while it looks at its schema, not at all: a server that ends in that
  // moment would end this process. Whoever asked hears of it by the query.
  pool.on('connect', (client) => client.on('error', () => undefined));
  // Each view that BullMQ makes of it listens to its errors.
  pool.setMaxListeners(0);
  return {
    backend: 'postgres',
    // BullMQ recognises a pool by its methods; the type of `connection` speaks of Redis only.
    options: pool,
    factory: readyAgain(createPostgresBackend) as Factory,
    look: lookOnPostgres(pool),
    exchanging: (hold) => exchangeOnPostgres(pool, hold),
    listen: (listener) => bellOnPostgres(config, { ...listener, onError: settings.onError }),
    // BullMQ's own functions notify.
    ring: () => Promise.resolve(),
    async ping() {
      await pool.query('SELECT FROM job LIMIT 1');
    },
    close: () => closed(pool.end()),
  };
}

/** Tickets that Redis evicts under memory pressure come back only by the reconciler, so say it. */
async function warnOfEviction(redis: Redis, onError: (error: Error) => void): Promise<void> {
  const policy = /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1];
  if (policy === undefined || policy === 'noeviction') return;
  onError(
    new Error(
      `Redis runs with maxmemory-policy ${policy} and may drop tickets; set maxmemory-policy noeviction in redis.conf`,
    ),
  );
}

/** The URL as ioredis takes it: the file of authorities in it is PostgreSQL's parameter, and ours here. */
function redisAddress(given: string): { url: string; tls?: { ca: string } } {
  const url = new URL(given);
  const caFile = url.searchParams.get('sslrootcert');
  url.searchParams.delete('sslrootcert');
  return { url: url.href, ...(caFile === null ? {} : { tls: { ca: readFileSync(caFile, 'utf8') } }) };
}

function openRedis(settings: QueueSettings, use: QueueUse): QueueConnection {
  const { url, ...secured } = redisAddress(settings.url);
  const redis = new Redis(url, {
    ...secured,
    maxRetriesPerRequest: use === 'producer' ? 1 : null,
    retryStrategy: (times) => Math.min(100 * times, 2_000),
    connectionName: 'xf-queue',
  });
  redis.on('error', settings.onError);
  // Each time it connects: the server may be another one, or configured again.
  redis.on('ready', () => {
    warnOfEviction(redis, settings.onError).catch(settings.onError);
  });
  return {
    backend: 'redis',
    options: redis,
    factory: createRedisBackend,
    look: lookOnRedis(redis, settings.onError),
    exchanging: (hold, viewOf) => exchangeThrough(viewOf, hold),
    listen: (listener) => bellOnRedis(redis, { ...listener, onError: settings.onError }),
    ring: (queues) => ringOnRedis(redis, queues),
    async ping() {
      await redis.ping();
    },
    async close() {
      redis.disconnect();
      await Promise.resolve();
    },
  };
}

/**
 * Opens the backend that the URL names. Connects when first used.
 *
 * PostgreSQL connections: at most 4 for queries, and 1 for LISTEN when there are lanes. Redis connections: 1, and 1
 * for its subscription when there are lanes.
 *
 * @throws QueueUrlError for any other scheme.
 */
export function openQueue({ url, onError }: QueueSettings, use: QueueUse): QueueConnection {
  const explained = {
    url,
    onError: (error: Error) => {
      const fault = tlsFault(error);
      onError(fault === null ? error : new Error(`QUEUE_URL: ${new URL(url).host}: ${fault}`, { cause: error }));
    },
  };
  return backendOf(url) === 'postgres' ? openPostgres(explained) : openRedis(explained, use);
}

// The queue that a test runs on: its database's, or Redis when QUEUE_URL names one; and ways to hurt it.
import { Redis } from 'ioredis';
import pg from 'pg';
import { backendOf, migrateQueue } from '#queue';
import { queueUrl, type FreshDatabase } from '../postgres/fresh-database.js';

export interface QueueUnderTest {
  /** As the coordinator sees it. */
  coordinatorUrl: string;
  /** As a worker sees it. */
  workerUrl: string;
  /** Loses every ticket: Redis is flushed, PostgreSQL's queue tables are emptied. */
  wipe(): Promise<void>;
  /** Breaks every connection to the queue, as a restart of the server would. */
  breakConnections(): Promise<void>;
}

async function onRedis(url: string, act: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(url);
  try {
    await act(redis);
  } finally {
    redis.disconnect();
  }
}

async function onPostgres(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Again where it was in the way of a process that uses them, and PostgreSQL chose this of the two to fail. */
async function emptyTables(adminUrl: string): Promise<void> {
  const tables = 'bullmq.job, bullmq.event, bullmq.meta, bullmq.scheduler';
  for (;;) {
    try {
      return await onPostgres(adminUrl, `TRUNCATE ${tables} CASCADE`);
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01') throw error;
    }
  }
}

const breakPostgres = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE 'xf-queue%'`;

/** Makes the queue ready for use, empty. */
export async function queueUnderTest(database: FreshDatabase): Promise<QueueUnderTest> {
  const url = queueUrl(database.coordinatorUrl);
  if (backendOf(url) === 'redis') {
    await onRedis(url, (redis) => redis.flushdb());
    return {
      coordinatorUrl: url,
      workerUrl: url,
      wipe: () => onRedis(url, (redis) => redis.flushdb()),
      breakConnections: () => onRedis(url, (redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')),
    };
  }
  await migrateQueue(database.adminUrl);
  return {
    coordinatorUrl: database.coordinatorUrl,
    workerUrl: database.workerUrl,
    wipe: () => emptyTables(database.adminUrl),
    breakConnections: () => onPostgres(database.adminUrl, breakPostgres),
  };
}

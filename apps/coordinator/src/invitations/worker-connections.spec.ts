import { describe, expect, it } from '@jest/globals';
import { ProblemError } from '../problems/problem.js';
import { workerConnections } from './worker-connections.js';

const here = 'postgres://coordinator:pw@127.0.0.1:5432/xperf';
const there = 'postgres://coordinator:pw@db.example:5432/xperf';
const pooler =
  'postgres://coordinator:pw@pooler.example:6432/xperf?pgbouncer=true&sslmode=verify-full&sslrootcert=%2Fca';
const addresses = {
  ...{ databaseUrl: there, directDatabaseUrl: there, queueUrl: there },
  ...{ workerDatabaseUrl: null, workerQueueUrl: null },
};

function refused(settings: typeof addresses | Record<string, string | null>, fromLoopback: boolean): string[] {
  try {
    workerConnections({ ...addresses, ...settings }, fromLoopback);
  } catch (error) {
    if (error instanceof ProblemError) return (error.document.errors ?? []).map(({ field }) => field);
    throw error;
  }
  return [];
}

describe('workerConnections', () => {
  it('gives the coordinator’s own database, without its login, which is the queue too', () => {
    const { database, queue } = workerConnections(addresses, false);
    expect([database.href, queue]).toEqual(['postgres://db.example:5432/xperf', null]);
  });

  it('gives the address for workers where there is one, with its parameters, but no login that stands in it', () => {
    const workerDatabaseUrl = 'postgres://worker:pw@public.example:6432/xperf?sslmode=verify-full';
    const { database } = workerConnections(
      { ...addresses, databaseUrl: here, directDatabaseUrl: here, queueUrl: here, workerDatabaseUrl },
      false,
    );
    expect(database.href).toBe('postgres://public.example:6432/xperf?sslmode=verify-full');
  });

  it('has no way to a database on loopback but for workers of this machine', () => {
    const local = { databaseUrl: here, directDatabaseUrl: here, queueUrl: here };
    expect(refused(local, false)).toEqual(['XF_WORKER_DATABASE_URL']);
    expect(refused(local, true)).toEqual([]);
  });

  it('never gives out the coordinator’s login of a queue', () => {
    const queueUrl = 'redis://:secret@queue.example:6379';
    expect(refused({ queueUrl }, false)).toEqual(['XF_WORKER_QUEUE_URL']);
    const workerQueueUrl = 'rediss://worker:other@queue.example:6379';
    expect(workerConnections({ ...addresses, queueUrl, workerQueueUrl }, false).queue?.href).toBe(workerQueueUrl);
  });

  it('leads the queue past a pooler, each worker by its own login, and keeps its own file of authorities to itself', () => {
    const { database, queue } = workerConnections({ ...addresses, databaseUrl: pooler }, false);
    expect(database.href).toBe('postgres://pooler.example:6432/xperf?pgbouncer=true&sslmode=verify-full');
    expect(queue?.href).toBe('postgres://db.example:5432/xperf');
    const local = { databaseUrl: pooler, directDatabaseUrl: here, queueUrl: here };
    expect(refused(local, false)).toEqual(['XF_WORKER_QUEUE_URL']);
    const workerQueueUrl = 'postgres://db.example:5432/xperf?sslmode=verify-full';
    expect(workerConnections({ ...addresses, ...local, workerQueueUrl }, false).queue?.href).toBe(workerQueueUrl);
  });

  it('takes two logins of one database for one queue', () => {
    expect(refused({ queueUrl: 'postgresql://queue:pw@db.example:5432/xperf' }, false)).toEqual([]);
  });
});

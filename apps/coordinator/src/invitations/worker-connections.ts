import { isLoopback, isPooled } from '#connect';
import type { Settings } from '../environment.js';
import { conflict } from '../problems/problem.js';

type Addresses = Pick<
  Settings,
  'databaseUrl' | 'directDatabaseUrl' | 'queueUrl' | 'workerDatabaseUrl' | 'workerQueueUrl'
>;

/** Where a worker that joins finds the database, and the queue; null: with the database. Without a login, it is its own. */
export interface WorkerConnections {
  database: URL;
  queue: URL | null;
}

function noWay(field: string, message: string, remedy: string): Error {
  return conflict('no-way-for-workers', 'This coordinator does not know its way for workers', {
    field,
    message,
    remedy,
  });
}

const isPostgres = ({ protocol }: URL): boolean => /^postgres(ql)?:$/.test(protocol);

/** Whether two addresses lead to one database, whoever logs in. */
function areSame(a: URL, b: URL): boolean {
  return isPostgres(a) && isPostgres(b) && a.host === b.host && a.pathname === b.pathname;
}

/** An address of the coordinator's own as others may have it: without its login and its file of authorities. */
function withoutOurs(given: string): URL {
  const url = new URL(given);
  url.username = '';
  url.password = '';
  url.searchParams.delete('sslrootcert');
  return url;
}

function databaseFor({ databaseUrl, workerDatabaseUrl }: Addresses, fromLoopback: boolean): URL {
  if (workerDatabaseUrl !== null) {
    const url = new URL(workerDatabaseUrl);
    url.username = '';
    url.password = '';
    return url;
  }
  const url = withoutOurs(databaseUrl);
  if (fromLoopback || !isLoopback(url.hostname)) return url;
  throw noWay(
    'XF_WORKER_DATABASE_URL',
    `the coordinator reaches its database at ${url.hostname}, where a worker on another machine finds nothing`,
    'start the coordinator with XF_WORKER_DATABASE_URL, the address of the database as workers reach it; then use the same invitation',
  );
}

function queueFor(settings: Addresses, database: URL, fromLoopback: boolean): URL | null {
  const { queueUrl, directDatabaseUrl, workerQueueUrl } = settings;
  if (workerQueueUrl !== null) return new URL(workerQueueUrl);
  const again = 'then use the same invitation';
  if (!areSame(new URL(queueUrl), new URL(directDatabaseUrl))) {
    throw noWay(
      'XF_WORKER_QUEUE_URL',
      'tickets travel over a queue of its own, whose login is the coordinator’s',
      `start the coordinator with XF_WORKER_QUEUE_URL, the address and login of the queue for workers; ${again}`,
    );
  }
  if (!isPooled(database.href)) return null;
  const direct = withoutOurs(directDatabaseUrl);
  if (fromLoopback || !isLoopback(direct.hostname)) return direct;
  throw noWay(
    'XF_WORKER_QUEUE_URL',
    `the coordinator reaches PostgreSQL itself at ${direct.hostname}, and the queue can't go through the pooler`,
    `start the coordinator with XF_WORKER_QUEUE_URL, the address of PostgreSQL itself as workers reach it; ${again}`,
  );
}

/**
 * @param fromLoopback whether the worker is on this machine, for which alone an address on loopback is one
 * @throws ProblemError 409 naming the setting that the coordinator lacks
 */
export function workerConnections(settings: Addresses, fromLoopback: boolean): WorkerConnections {
  const database = databaseFor(settings, fromLoopback);
  return { database, queue: queueFor(settings, database, fromLoopback) };
}

import { isLoopback, type Settings } from '../environment.js';
import { conflict } from '../problems/problem.js';

type Addresses = Pick<Settings, 'databaseUrl' | 'queueUrl' | 'workerDatabaseUrl' | 'workerQueueUrl'>;

/** Where a worker that joins finds the database, without a login, and the queue; null: with the database. */
export interface WorkerConnections {
  database: URL;
  queueUrl: string | null;
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

/**
 * @param fromLoopback whether the worker is on this machine, for which alone an address on loopback is one
 * @throws ProblemError 409 naming the setting that the coordinator lacks
 */
export function workerConnections(settings: Addresses, fromLoopback: boolean): WorkerConnections {
  const database = new URL(settings.workerDatabaseUrl ?? settings.databaseUrl);
  if (settings.workerDatabaseUrl === null && !fromLoopback && isLoopback(database.hostname)) {
    throw noWay(
      'XF_WORKER_DATABASE_URL',
      `the coordinator reaches its database at ${database.hostname}, where a worker on another machine finds nothing`,
      'start the coordinator with XF_WORKER_DATABASE_URL, the address of the database as workers reach it; then use the same invitation',
    );
  }
  database.username = '';
  database.password = '';
  const together = areSame(new URL(settings.queueUrl), new URL(settings.databaseUrl));
  if (!together && settings.workerQueueUrl === null) {
    throw noWay(
      'XF_WORKER_QUEUE_URL',
      'tickets travel over a queue of its own, whose login is the coordinator’s',
      'start the coordinator with XF_WORKER_QUEUE_URL, the address and login of the queue for workers; then use the same invitation',
    );
  }
  return { database, queueUrl: settings.workerQueueUrl };
}

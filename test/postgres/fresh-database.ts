// What test files import: a database of their own, and the queue to use.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { factsVariable, templateDatabase, type ClusterFacts, type LoginName } from './facts.js';

export interface FreshDatabase {
  name: string;
  /** As the superuser, who owns the tables. */
  adminUrl: string;
  /** As a login that is a member of xf_coordinator. */
  coordinatorUrl: string;
  /** As a login that is a member of xf_worker. */
  workerUrl: string;
  /** As a login that is a member of xf_reader. */
  readerUrl: string;
  /** Ends every connection to it and removes it. Call it in afterAll. */
  drop(): Promise<void>;
}

async function clusterFacts(): Promise<ClusterFacts> {
  const file = process.env[factsVariable];
  if (file === undefined) {
    throw new Error(`${factsVariable} is not set: name the spec *.int.spec.ts, so that it runs in project integration`);
  }
  return JSON.parse(await readFile(file, 'utf8')) as ClusterFacts;
}

async function asAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A migrated database for this test file alone; cloned, so it costs about 50 ms. Empty, unless another one is named that nobody uses. */
export async function freshDatabase(template: string = templateDatabase): Promise<FreshDatabase> {
  const { adminUrl, logins } = await clusterFacts();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = (login?: LoginName) => {
    const to = new URL(adminUrl);
    to.pathname = `/${name}`;
    if (login !== undefined) {
      to.username = logins[login].name;
      to.password = logins[login].password;
    }
    return to.href;
  };
  return {
    name,
    adminUrl: url(),
    coordinatorUrl: url('coordinator'),
    workerUrl: url('worker'),
    readerUrl: url('reader'),
    drop: () => asAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/**
 * The queue that a test shall use: Redis when QUEUE_URL names one, else this database. Jest runs test files side by
 * side, so each Jest worker gets a Redis database of its own; it is not emptied here.
 */
export function queueUrl(databaseUrl: string): string {
  const wanted = process.env['QUEUE_URL'];
  if (wanted === undefined || !/^rediss?:/.test(wanted)) return databaseUrl;
  const url = new URL(wanted);
  if (url.pathname.length <= 1) url.pathname = `/${Number(process.env['JEST_WORKER_ID'] ?? '1') % 16}`;
  return url.href;
}

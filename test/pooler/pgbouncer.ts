// A PgBouncer in transaction mode in front of a test's database, configured by docker/pgbouncer.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { eventually } from '../eventually.js';
import type { FreshDatabase } from '../postgres/fresh-database.js';

const folderOfOurs = new URL('../../docker/pgbouncer/', import.meta.url);

export interface Pooler {
  /** A URL of the database with the pooler's address, which says that it is one. */
  through(databaseUrl: string): string;
  /** What PgBouncer's own console says (`SHOW POOLS`). */
  show(what: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}

async function ask(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}

/** @param more settings over docker/pgbouncer/pgbouncer.ini */
export async function startPooler(
  database: FreshDatabase,
  more: Record<string, string | number> = {},
): Promise<Pooler> {
  const folder = mkdtempSync(join(tmpdir(), 'xf-pooler-'));
  chmodSync(folder, 0o755);
  const server = new URL(database.adminUrl);
  const login = `pooler_${database.name}`;
  const sql = readFileSync(new URL('logins.sql', folderOfOurs), 'utf8').replace(/\bpooler\b/g, login);
  await ask(database.adminUrl, `${sql}; ALTER ROLE ${login} PASSWORD 'pooler-secret'`);
  const port = await freePort();
  const userlist = join(folder, 'userlist.txt');
  writeFileSync(userlist, `"${login}" "pooler-secret"\n`, { mode: 0o644 });
  const settings: Record<string, string | number> = {
    ...{ listen_addr: '127.0.0.1', listen_port: port, unix_socket_dir: '', auth_user: login, auth_file: userlist },
    // Its own certificates are PgBouncer's to check; ours are in test/tls.
    ...{ client_tls_sslmode: 'disable', server_tls_sslmode: 'disable', stats_users: login },
    ...more,
  };
  const given = readFileSync(new URL('pgbouncer.ini', folderOfOurs), 'utf8')
    .replace(/^xperf = .*$/m, `* = host=127.0.0.1 port=${server.port}`)
    .replace(/^(\w+) = .*\n/gm, (line, name: string) => (name in settings || /_tls_/.test(name) ? '' : line));
  const ini = join(folder, 'pgbouncer.ini');
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  writeFileSync(ini, given + lines.join(''), { mode: 0o644 });
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child: ChildProcess = spawn('pgbouncer', ['-q', ...user, ini], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise((done) => child.once('exit', done));
  const console_ = `postgres://${login}:pooler-secret@127.0.0.1:${port}/pgbouncer`;
  const through = (databaseUrl: string): string => {
    const url = new URL(databaseUrl);
    url.port = String(port);
    url.searchParams.set('pgbouncer', 'true');
    return url.href;
  };
  await eventually('PgBouncer answers', async () => {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended: ${output}`);
    return ask(through(database.coordinatorUrl), 'SELECT 1').catch(() => null);
  });
  return {
    through,
    show: (what) => ask(console_, `SHOW ${what}`),
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
      await ask(database.adminUrl, `DROP OWNED BY ${login}; DROP ROLE ${login}`);
    },
  };
}

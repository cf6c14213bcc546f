import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { accountForPostgres, launcherFor } from './account.js';
import { findBinaries } from './binaries.js';
import { startEmbeddedPostgres, type EmbeddedCluster } from './embedded.js';
import { waitUntilReady } from './postmaster.js';
import { commandLine, isRunning } from './processes.js';

async function query(url: string, sql: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

async function killed(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  while (isRunning(pid)) await new Promise((next) => setImmediate(next));
}

// initdb takes seconds on a loaded machine.
jest.setTimeout(60_000);

let folder: string;
let dataDir: string;
let log: string[] = [];
let open: EmbeddedCluster[] = [];
let children: ChildProcess[] = [];
let listener: Server | undefined;

const start = async (options: { port?: number; dataDir?: string; durable?: boolean } = {}) => {
  const cluster = await startEmbeddedPostgres({ dataDir, log: (line) => log.push(line), ...options });
  open.push(cluster);
  return cluster;
};

/** A process that starts the cluster of the folder, to be killed. */
function starter(inFolder = dataDir): ChildProcess {
  const child = spawn(
    process.execPath,
    ['--import', './test/typescript-loader.mjs', 'test/postgres/own-cluster.ts', inFolder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  return child;
}

async function startInChild(): Promise<{ owner: number; pid: number; adminUrl: string }> {
  const child = starter();
  if (child.pid === undefined || child.stdout === null) throw new Error('the starter did not start');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { owner: child.pid, ...(JSON.parse(line.toString()) as { pid: number; adminUrl: string }) };
}

/** Whether initdb, a postmaster or a backend of either runs for a folder. A server's processes work in its folder. */
async function programsRun(inFolder: string): Promise<boolean> {
  const place = join(inFolder, 'cluster');
  const isOne = async (pid: number): Promise<boolean> => {
    const folderOf = await readlink(`/proc/${pid}/cwd`).catch(() => ''); // ended meanwhile
    return (folderOf.startsWith(place) || commandLine(pid)?.includes(place) === true) && isRunning(pid);
  };
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  return (await Promise.all(pids.map(isOne))).includes(true);
}

beforeAll(async () => {
  // mkdtemp makes it 0700: as root, the account of PostgreSQL can't enter it.
  folder = await mkdtemp(join(tmpdir(), 'xperf-fleet-embedded-'));
  dataDir = join(folder, 'postgres');
  const cluster = await start();
  await query(cluster.adminUrl, 'CREATE TABLE kept AS SELECT 7 AS n');
  await cluster.stop();
  expect(isRunning(cluster.pid)).toBe(false);
});
afterEach(async () => {
  listener?.close();
  for (const child of children) child.kill('SIGKILL');
  for (const cluster of open) await cluster.stop();
  [log, open, children] = [[], [], []];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('startEmbeddedPostgres', () => {
  it('keeps data from start to start', async () => {
    const cluster = await start();
    expect(await query(cluster.adminUrl, 'SELECT n FROM kept')).toEqual([[7]]);
    await cluster.stop();
    await cluster.ended;
    await expect(query(cluster.adminUrl, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('lets in over loopback alone, with the password that only we can read', async () => {
    const cluster = await start();
    expect(await query(cluster.adminUrl, 'SHOW listen_addresses')).toEqual([['127.0.0.1']]);
    expect(await query(cluster.adminUrl, 'SHOW unix_socket_directories')).toEqual([['']]);
    const methods = await query(cluster.adminUrl, 'SELECT DISTINCT auth_method FROM pg_hba_file_rules');
    expect(methods).toEqual([['scram-sha-256']]);
    const wrong = cluster.url('postgres', { name: 'postgres', password: 'guess' });
    await expect(query(wrong, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect((await stat(join(dataDir, 'superuser-password'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dataDir, 'cluster'))).mode & 0o777).toBe(0o700);
  });

  it('ends in good order when its owner is killed', async () => {
    const left = await startInChild();
    await query(left.adminUrl, 'INSERT INTO kept VALUES (7)');
    await killed(left.owner);
    while (await programsRun(dataDir)) await pause(20);

    const cluster = await start();
    expect(await query(cluster.adminUrl, 'SELECT n FROM kept')).toEqual([[7], [7]]);
    await query(cluster.adminUrl, 'DELETE FROM kept WHERE ctid > (SELECT min(ctid) FROM kept)');
    expect(log.join('\n')).not.toMatch(/left running|recovers/);
  });

  it.each(['cluster.new/data/base', 'cluster.new/data/base/4', 'cluster', 'cluster/postmaster.pid'])(
    'leaves no process when its owner is killed as soon as %s is there, and starts then',
    async (made) => {
      const other = join(folder, `killed-at-${made.replaceAll('/', '-')}`);
      const owner = starter(other);
      while (!existsSync(join(other, made))) await pause(1);
      await killed(owner.pid ?? 0);
      while (await programsRun(other)) await pause(20);

      const cluster = await start({ dataDir: other, durable: false });
      expect(await query(cluster.adminUrl, 'SELECT 1')).toEqual([[1]]);
    },
  );

  it('stops a PostgreSQL that runs there without an owner', async () => {
    const inCluster = join(dataDir, 'cluster');
    const { postgres } = await findBinaries();
    const launcher = await launcherFor(await accountForPostgres(), [inCluster, postgres]);
    const { command, args, ...identity } = launcher(
      postgres,
      ['-D', inCluster, '-c', 'listen_addresses=', '-k', inCluster],
      'INT',
    );
    const left = spawn(command, args, { ...identity, cwd: '/', stdio: 'ignore' });
    children.push(left);
    const pid = left.pid ?? 0;
    expect(await waitUntilReady(inCluster, pid, () => !isRunning(pid), 30_000)).toBe(true);

    const cluster = await start();
    expect(isRunning(pid)).toBe(false);
    expect(await query(cluster.adminUrl, 'SELECT n FROM kept')).toEqual([[7]]);
    expect(log.join('\n')).toContain('stopped the PostgreSQL that a killed start had left running');
  });

  it('recovers when owner and postmaster were killed with a transaction open', async () => {
    const left = await startInChild();
    const client = new pg.Client({ connectionString: left.adminUrl });
    const cut = new Promise<void>((seen) => client.on('error', () => seen()));
    await client.connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO kept VALUES (8)');
    await killed(left.owner);
    await killed(left.pid);

    const cluster = await start();
    await cut;
    expect(await query(cluster.adminUrl, 'SELECT n FROM kept')).toEqual([[7]]);
    expect(log.join('\n')).toContain('it recovers now');
  });

  it('starts although the pid in a stale pid file belongs to another program now', async () => {
    await writeFile(join(dataDir, 'cluster/postmaster.pid'), `${process.pid}\n${dataDir}/cluster\n`);
    const cluster = await start();
    expect(await query(cluster.adminUrl, 'SELECT n FROM kept')).toEqual([[7]]);
  });

  it('makes the cluster again when initdb died half-way', async () => {
    const other = join(folder, 'half-done');
    await mkdir(join(other, 'cluster.new/data/base'), { recursive: true });
    await writeFile(join(other, 'cluster.new/data/PG_VERSION'), '18\n');
    const cluster = await start({ dataDir: other, durable: false });
    expect(await query(cluster.adminUrl, 'SELECT 1')).toEqual([[1]]);
    await expect(stat(join(other, 'cluster.new'))).rejects.toThrow(/ENOENT/);
  });

  it('refuses a folder whose owner lives, and leaves that one alone', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(`process ${process.pid} already runs the PostgreSQL of ${dataDir}`);
    expect(await query(first.adminUrl, 'SELECT 1')).toEqual([[1]]);
  });

  it('names a taken port, and can be started there when it is free', async () => {
    const server = (listener = createServer());
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as { port: number };
    await expect(start({ port })).rejects.toThrow(`port ${port} of 127.0.0.1 is taken. Stop the program`);
    await new Promise((closed) => server.close(closed));
    expect((await start({ port })).port).toBe(port);
  });

  it('names a folder that can not be written', async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o500 });
    // Root may write anywhere but in the kernel's own file systems.
    const unwritable = process.getuid?.() === 0 ? '/sys/xperf-fleet' : join(closed, 'postgres');
    await expect(start({ dataDir: unwritable })).rejects.toThrow(`${unwritable} can not be `);
  });

  it('names a file where the folder should be', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(start({ dataDir: join(folder, 'file') })).rejects.toThrow(`${folder}/file is not a folder`);
  });

  it('refuses the cluster of another PostgreSQL version', async () => {
    const old = join(folder, 'old');
    await mkdir(join(old, 'cluster'), { recursive: true });
    await writeFile(join(old, 'cluster/PG_VERSION'), '17\n');
    await expect(start({ dataDir: old })).rejects.toThrow(/made by PostgreSQL 17, this release runs PostgreSQL 18/);
  });
});

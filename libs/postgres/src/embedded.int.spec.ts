import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedCluster } from './embedded.js';
import { isRunning } from './processes.js';

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

/** Starts the cluster from a process of its own, to be killed. */
async function startInChild(): Promise<{ owner: number; pid: number; adminUrl: string }> {
  const child = spawn(
    process.execPath,
    ['--import', './test/typescript-loader.mjs', 'test/postgres/own-cluster.ts', dataDir],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { owner: child.pid ?? 0, ...(JSON.parse(line.toString()) as { pid: number; adminUrl: string }) };
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

  it('stops the PostgreSQL that a killed owner left running', async () => {
    const left = await startInChild();
    await killed(left.owner);
    expect(isRunning(left.pid)).toBe(true);

    const cluster = await start();
    expect(isRunning(left.pid)).toBe(false);
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

  it('makes the cluster anew when initdb died half-way', async () => {
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

import { spawn } from 'node:child_process';
import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { accountForPostgres, launcherFor, type Launcher } from './account.js';
import { findBinaries } from './binaries.js';
import { explainFailure, memoryHeld, portTaken } from './failures.js';
import { ensureCluster } from './initdb.js';
import { claimFolder } from './owner.js';
import { clearLeftover, stopPostmaster, waitUntilReady } from './postmaster.js';
import { PostgresError } from './postgres-error.js';

export interface EmbeddedOptions {
  /** Our folder; the cluster lies in `cluster` under it, beside the password and the log. Made when missing. */
  dataDir: string;
  /** TCP port on 127.0.0.1; left out or 0, a free one. */
  port?: number;
  /** Called with one line on what was found and done. */
  log: (line: string) => void;
  /** False gives up crash safety for speed. Only for tests. */
  durable?: boolean;
  /** Most connections at once; 200 unless said otherwise. */
  maxConnections?: number;
}

export interface Login {
  name: string;
  password: string;
}

export interface EmbeddedCluster {
  /** Connection URL of a database, for the superuser or for a login (see `ensureLogin`). */
  url(database: string, login?: Login): string;
  /** URL of the maintenance database `postgres`, for the superuser. */
  adminUrl: string;
  port: number;
  /** Process id of the postmaster. */
  pid: number;
  /** Resolves when the postmaster has ended, however that came. */
  ended: Promise<void>;
  /** Rolls back what is open, writes a checkpoint and ends every process of the cluster. May be called twice. */
  stop(): Promise<void>;
}

/** Crash recovery replays at most max_wal_size (1 GB by default), which takes tens of seconds on a slow disk. */
const startLimitMs = 120_000;

async function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') done(address.port);
        else failed(new Error('no port was given to a listening server'));
      });
    });
  });
}

function settings({ port, durable, maxConnections }: Launch): string[] {
  const values: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    // No socket in a shared folder: TCP on loopback with a password is the only way in.
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    max_connections: maxConnections,
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

interface Postmaster {
  pid: number;
  ended: Promise<void>;
  isOver: () => boolean;
  /** Resolves at its end, and keeps this process alive until then. */
  waitForEnd: () => Promise<void>;
}

interface Launch {
  launcher: Launcher;
  program: string;
  cluster: string;
  dataDir: string;
  port: number;
  durable: boolean;
  maxConnections: number;
}

async function launch(options: Launch): Promise<Postmaster> {
  const { cluster, dataDir, port } = options;
  const logFile = join(dataDir, 'postgres.log');
  const log = await open(logFile, 'w', 0o600);
  try {
    // When we are killed it shuts down as in `stop`: rolls back, writes a checkpoint, ends.
    const { command, args, ...identity } = options.launcher(
      options.program,
      ['-D', cluster, ...settings(options)],
      'INT',
    );
    // Its own session, so that Ctrl-C reaches us alone and we stop it when its clients are gone.
    const child = spawn(command, args, {
      ...identity,
      cwd: '/',
      detached: true,
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', log.fd, log.fd],
    });
    let over = false;
    let spawnError: Error | undefined;
    const ended = new Promise<void>((done) => {
      const end = (error?: Error) => {
        over = true;
        spawnError = error;
        done();
      };
      child.once('exit', () => end());
      child.once('error', end);
    });
    child.unref();
    // Whoever waits for the end keeps this process alive for it: with the child unreferenced and nothing else to do,
    // Node would leave in the middle of the wait, with exit code 0.
    const waitForEnd = (): Promise<void> => {
      child.ref();
      return ended;
    };
    const { pid } = child;
    if (pid !== undefined && (await waitUntilReady(cluster, pid, () => over, startLimitMs))) {
      return { pid, ended, isOver: () => over, waitForEnd };
    }
    if (pid !== undefined && !over) await stopPostmaster(pid, cluster);
    await waitForEnd();
    const output = `${await readFile(logFile, 'utf8')}${spawnError?.message ?? ''}`;
    throw explainFailure('PostgreSQL did not start', output, { dataDir, port }, spawnError);
  } finally {
    await log.close();
  }
}

/**
 * Starts on the wanted port, or on a free one. Tries again with another free port when somebody else took it first, and
 * after a moment when backends of a killed postmaster still hold its shared memory (they end when they notice).
 */
async function launchOnPort(
  wanted: number,
  start: (port: number) => Promise<Postmaster>,
): Promise<Postmaster & { port: number }> {
  for (let tries = 1; ; tries += 1) {
    const port = wanted === 0 ? await freePort() : wanted;
    try {
      return { ...(await start(port)), port };
    } catch (error) {
      const words = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
      const curable = memoryHeld.test(words) || (wanted === 0 && portTaken.test(words));
      if (!curable || tries === 20) throw error;
      if (memoryHeld.test(words)) await delay(250);
    }
  }
}

/**
 * Starts the PostgreSQL of a data folder, making it on first use. It ends with this process, also when that is killed.
 * Recovers by itself from a killed owner, a killed postmaster and a half-made cluster. Listens on 127.0.0.1 only.
 *
 * @throws PostgresError naming folder or port and the remedy.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedCluster> {
  const { log, durable = true, maxConnections = 200, port: wanted = 0 } = options;
  const dataDir = resolve(options.dataDir);
  const binaries = await findBinaries();
  const account = await accountForPostgres();
  let release: () => Promise<void>;
  try {
    await mkdir(dataDir, { recursive: true });
    // PostgreSQL's own folder below is 0700; its account must be able to reach it.
    await chmod(dataDir, account === null ? 0o700 : 0o711);
    release = await claimFolder(dataDir);
  } catch (error) {
    if (error instanceof PostgresError) throw error;
    throw explainFailure(`can't use ${dataDir}`, String(error), { dataDir }, error);
  }
  try {
    const launcher = await launcherFor(account, [join(dataDir, 'cluster'), binaries.postgres]);
    const left = await clearLeftover(join(dataDir, 'cluster'));
    if (left === 'stopped') log('stopped the PostgreSQL that a killed start had left running');
    if (left === 'stale') log('the last PostgreSQL here was killed; it recovers now');
    const { cluster, password, created } = await ensureCluster({
      ...{ dataDir, account, launcher, durable },
      initdb: binaries.initdb,
    });
    if (created) log(`made a new PostgreSQL cluster in ${cluster}`);
    const { pid, port, ended, isOver, waitForEnd } = await launchOnPort(wanted, (on) =>
      launch({ launcher, program: binaries.postgres, cluster, dataDir, port: on, durable, maxConnections }),
    );
    log(`PostgreSQL listens on 127.0.0.1:${port} (pid ${pid})`);
    const url = (database: string, login: Login = { name: 'postgres', password }) =>
      `postgres://${encodeURIComponent(login.name)}:${encodeURIComponent(login.password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
    let stopping: Promise<void> | undefined;
    const stop = async () => {
      // Its number may belong to another program by now.
      if (!isOver()) await stopPostmaster(pid, cluster);
      await waitForEnd();
      await release();
    };
    return { url, adminUrl: url('postgres'), port, pid, ended, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await release();
    if (error instanceof PostgresError) throw error;
    throw explainFailure(`can't start the PostgreSQL of ${dataDir}`, String(error), { dataDir }, error);
  }
}

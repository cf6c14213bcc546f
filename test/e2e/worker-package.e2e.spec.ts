// docs/install-worker.md: the worker's package in a clean root folder of Debian: installed, joined, measured, upgraded, removed. The
// owner of the database is no superuser, and makes the worker's login all the same.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import type { HostView, JobView, MadeInvitation, Page, RunDetail, RunView } from '#contracts';
import { type EmbeddedCluster, startEmbeddedPostgres } from '#postgres';
import { eventually } from '../eventually.js';
import { makeCleanRoot } from './clean-root.js';
import { dataFolder } from './fleet-process.js';

const tree = fileURLToPath(new URL('../..', import.meta.url));
jest.setTimeout(240_000);

const passwords = { coordinator: 'coordinator-1', worker: 'worker-1', reader: 'reader-1' };
const adminKey = `xf_admin_${randomBytes(32).toString('base64url')}`;
const service = 'usr/lib/systemd/system/xperf-fleet-worker.service';
const wants = 'etc/systemd/system/multi-user.target.wants';

let folder: Awaited<ReturnType<typeof dataFolder>>;
let cluster: EmbeddedCluster;
let url: string;
/** By package: its file. */
let debs: { worker: string; node: string };
let tarball: string;
let root: string;
const children: ChildProcess[] = [];

const inRoot = (...place: string[]): string => path.join(root, ...place);

function start(command: string, args: readonly string[], env: Record<string, string>): ChildProcess {
  const child = spawn(command, args, { cwd: tree, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  children.push(child);
  child.stdout?.resume();
  child.stderr?.pipe(process.stderr);
  return child;
}

async function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { code: child.exitCode, signal: child.signalCode };
}

async function ask<T>(route: string, json?: object): Promise<T> {
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' };
  const init = json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) };
  const reply = await fetch(`${url}${route}`, { headers, ...init });
  const body = await reply.text();
  if (!reply.ok) throw new Error(`${route}: ${reply.status} ${body}`);
  return JSON.parse(body) as T;
}

/** A program in the root folder, as root. */
function inside(command: string, ...args: string[]) {
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };
  return spawnSync('chroot', [root, command, ...args], { env, encoding: 'utf8' });
}

function dpkg(...args: string[]) {
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('dpkg', [`--root=${root}`, '--force-unsafe-io', ...args], { env, encoding: 'utf8' });
}

const good = (done: { status: number | null; stderr: string }): void =>
  expect({ status: done.status, said: done.status === 0 ? '' : done.stderr }).toEqual({ status: 0, said: '' });

/** The daemon as the unit starts it: as its user, with its copy of the settings, which systemd hands it. */
function startWorker(): ChildProcess {
  const credentials = inRoot('run/credentials');
  mkdirSync(credentials, { recursive: true });
  copyFileSync(inRoot('etc/xperf-fleet/worker.yaml'), path.join(credentials, 'worker.yaml'));
  const [uid = '', gid = ''] = inside('getent', 'passwd', 'xperf-fleet').stdout.split(':').slice(2, 4);
  for (const file of [path.join(credentials, 'worker.yaml'), inRoot('var/lib/xperf-fleet')]) {
    mkdirSync(inRoot('var/lib/xperf-fleet'), { recursive: true, mode: 0o700 });
    execFileSync('chown', [`${uid}:${gid}`, file]);
  }
  return start('chroot', ['--userspec=xperf-fleet:xperf-fleet', root, '/usr/bin/xperf-worker', 'run'], {
    ...{ PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/var/lib/xperf-fleet', LOG_LEVEL: 'warn' },
    ...{
      XF_WORKER_CONFIG: '/run/credentials/worker.yaml',
      WORKER_CACHE_DIR: '/var/lib/xperf-fleet',
      WORKER_DRAIN_MIN: '60',
    },
  });
}

const hostIs = (hostId: string) =>
  eventually(`host ${hostId} is there`, async () => {
    const { items } = await ask<Page<HostView>>('/v1/hosts');
    return items.find((host) => host.hostId === hostId);
  });

const submit = (hostId: string, executor: string, probe: string, faults: number) =>
  ask<JobView>('/v1/jobs', { selector: `host=${hostId}`, executor, probes: [probe], faults, runsPerHost: 1 });

async function runOf({ jobId }: JobView): Promise<RunView> {
  const { items } = await ask<Page<RunView>>(`/v1/runs?jobId=${jobId}`);
  return items[0] as RunView;
}

async function completed(job: JobView): Promise<RunDetail> {
  await eventually('the job has ended', async () => (await ask<JobView>(`/v1/jobs/${job.jobId}`)).state === 'ended');
  const { runId } = await runOf(job);
  return ask<RunDetail>(`/v1/runs/${runId}`);
}

/** A user who may make databases and roles, and is no superuser. */
async function migrated(): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.adminUrl });
  await client.connect();
  await client.query(`CREATE ROLE dba LOGIN CREATEDB CREATEROLE PASSWORD 'owner-1'`);
  await client.end();
  const child = start(process.execPath, ['dist/libs/database-setup/src/migrate-main.js'], {
    ...{
      PATH: process.env['PATH'] ?? '',
      ADMIN_DATABASE_URL: cluster.url('xperf', { name: 'dba', password: 'owner-1' }),
    },
    ...{ XF_COORDINATOR_PASSWORD: passwords.coordinator, XF_WORKER_PASSWORD: passwords.worker },
    XF_READER_PASSWORD: passwords.reader,
  });
  expect((await ended(child)).code).toBe(0);
}

beforeAll(async () => {
  folder = await dataFolder();
  root = path.join(folder.home, 'root');
  cluster = await startEmbeddedPostgres({
    dataDir: path.join(folder.home, 'pg'),
    log: () => undefined,
    durable: false,
  });
  await migrated();
  const coordinator = start(process.execPath, ['dist/apps/coordinator/src/main.js'], {
    ...{ PATH: process.env['PATH'] ?? '', HOME: folder.home, LOG_LEVEL: 'warn', PORT: '0', XF_LOCAL_KEY: adminKey },
    DATABASE_URL: cluster.url('xperf', { name: 'coordinator', password: passwords.coordinator }),
  });
  const [told] = (await once(coordinator, 'message')) as [{ url: string }];
  ({ url } = told);

  const out = path.join(folder.home, 'packages');
  const making = spawn(process.execPath, ['scripts/package.mjs', 'worker', 'node', '--out', out], { cwd: tree });
  const [said, wrong] = await Promise.all([text(making.stdout), text(making.stderr), once(making, 'exit')]);
  if (making.exitCode !== 0) throw new Error(`${said}${wrong}`);
  const made = readdirSync(out);
  const named = (pattern: RegExp): string => path.join(out, made.find((file) => pattern.test(file)) ?? 'none');
  debs = { worker: named(/^xperf-fleet-worker_.*\.deb$/), node: named(/^xperf-fleet-node_.*\.deb$/) };
  tarball = named(/^xperf-fleet-worker-.*\.tar\.gz$/);
  makeCleanRoot(root, ['passwd', 'libstdc++6', 'libgcc-s1', 'init-system-helpers']);
}, 240_000);

afterAll(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGINT')) await ended(child);
  }
  await cluster.stop();
  await folder.remove();
});

describe('the worker’s package', () => {
  it('says that it needs a newer Node.js, and takes the one that comes beside it', () => {
    const without = dpkg('--install', debs.worker);
    expect(without.status).toBe(1);
    expect(without.stderr).toContain('xperf-fleet-worker depends on nodejs (>= 20.19) | xperf-fleet-node');
    good(dpkg('--purge', 'xperf-fleet-worker'));

    good(dpkg('--install', debs.node, debs.worker));
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(inside('xperf-worker', '--version')).toMatchObject({ stdout: `${version}\n`, stderr: '', status: 0 });
    expect(readFileSync(inRoot('etc/passwd'), 'utf8')).toMatch(
      /^xperf-fleet:x:\d+:\d+::\/var\/lib\/xperf-fleet:\/usr\/sbin\/nologin$/m,
    );
    expect(inside('cc', '--version').status).toBe(127);
  });

  it('has a unit that systemd takes, without a seccomp filter that would be measured', () => {
    const unit = readFileSync(inRoot(service), 'utf8');
    // systemd.exec(5): each of these installs one.
    expect(unit).not.toMatch(
      /^(SystemCall|RestrictAddressFamilies|RestrictNamespaces|RestrictRealtime|RestrictSUIDSGID|MemoryDenyWriteExecute|LockPersonality|PrivateDevices|ProtectClock|ProtectHostname|ProtectKernel)/m,
    );
    expect(unit).toMatch(/^CapabilityBoundingSet=CAP_SYSLOG$/m);
    expect(readdirSync(inRoot(wants))).toEqual(['xperf-fleet-worker.service']);
    // .ci/run installs it.
    if (!existsSync('/usr/bin/systemd-analyze')) return expect(process.env['CI']).not.toBe('true');
    // The targets are systemd's own, which this root has not got.
    const units = '/usr/lib/systemd/system';
    for (const file of readdirSync(units).filter((one) => /\.(target|slice|mount)$/.test(one))) {
      copyFileSync(path.join(units, file), inRoot(units, file));
    }
    const verified = spawnSync(
      'systemd-analyze',
      ['verify', '--man=no', `--root=${root}`, 'xperf-fleet-worker.service'],
      { encoding: 'utf8' },
    );
    expect(`${verified.stdout}${verified.stderr}`).not.toContain('xperf-fleet-worker');
    good(verified);
  });

  it('names the line of a typo', () => {
    mkdirSync(inRoot('etc/xperf-fleet'), { recursive: true });
    writeFileSync(inRoot('etc/xperf-fleet/worker.yaml'), 'key: x\ncoordinatorUri: http://127.0.0.1:1\n');
    const { status, stderr } = inside('xperf-worker', 'check');
    expect({ status, stderr }).toEqual({
      status: 78,
      stderr: 'xperf-worker: worker.yaml line 2: coordinatorUri is not known; did you mean coordinatorUrl?\n',
    });
    rmSync(inRoot('etc/xperf-fleet'), { recursive: true });
  });

  let worker: ChildProcess;

  it('joins in one line, and measures', async () => {
    const { token } = await ask<MadeInvitation>('/v1/invitations', { labels: { rack: 'r7' } });
    const line = ['join', url, token, '--host', 'packaged', '--executor', 'simulator', '--machine', 'zen3'];
    const joined = inside('xperf-worker', ...line);
    good(joined);
    expect(joined.stdout).toContain('joined');
    expect(statSync(inRoot('etc/xperf-fleet/worker.yaml'))).toMatchObject({ uid: 0, mode: 0o100600 });
    const again = inside('xperf-worker', ...line, '--again');
    expect({ status: again.status, stderr: again.stderr }).toEqual({
      status: 78,
      stderr: expect.stringContaining('remedy: ask for another: xf hosts invite'),
    });
    good(inside('xperf-worker', 'check'));

    worker = startWorker();
    expect(await hostIs('packaged')).toMatchObject({ workerId: 'packaged', labels: { rack: 'r7' } });
    const run = await completed(await submit('packaged', 'simulator', 'pf', 10_000));
    expect(run).toMatchObject({ state: 'completed', attempt: 1, provenance: 'simulated' });
  });

  it('is upgraded while a run goes on, which it keeps', async () => {
    const job = await submit('packaged', 'simulator', 'pf', 1_000_000);
    await eventually(
      'the run goes on',
      async () => (await runOf(job))?.state !== 'queued' && (await runOf(job))?.state !== 'planned',
    );
    const newer = path.join(folder.home, 'newer');
    execFileSync('dpkg-deb', ['--raw-extract', debs.worker, newer]);
    const control = path.join(newer, 'DEBIAN/control');
    writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, 'Version: 99.0.0'));
    execFileSync('dpkg-deb', ['-Zgzip', '--root-owner-group', '--build', newer, `${newer}.deb`], { stdio: 'ignore' });
    const before = readFileSync(inRoot('etc/xperf-fleet/worker.yaml'), 'utf8');
    good(dpkg('--install', `${newer}.deb`));
    expect(readFileSync(inRoot('etc/xperf-fleet/worker.yaml'), 'utf8')).toBe(before);
    // As systemd does, whose restart waits for the end.
    worker.kill('SIGTERM');
    expect(await ended(worker)).toEqual({ code: 0, signal: null });
    expect(await completed(job)).toMatchObject({ state: 'completed', attempt: 1 });

    worker = startWorker();
    expect(await completed(await submit('packaged', 'simulator', 'pf', 1_000))).toMatchObject({ state: 'completed' });
  });

  it('is shut out by revoking its key', async () => {
    const { items } = await ask<Page<{ keyId: string; name: string }>>('/v1/keys');
    const { keyId } = items.find(({ name }) => name === 'worker packaged') ?? { keyId: '' };
    const { status } = await fetch(`${url}/v1/keys/${keyId}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${adminKey}` },
    });
    expect(status).toBe(204);
    // EX_CONFIG: systemd does not start it again.
    expect(await ended(worker)).toEqual({ code: 78, signal: null });
  });

  it('leaves settings and state when it is removed, and nothing when it is purged', () => {
    good(dpkg('--remove', 'xperf-fleet-worker'));
    expect(existsSync(inRoot('usr/lib/xperf-fleet-worker'))).toBe(false);
    expect(existsSync(inRoot('etc/xperf-fleet/worker.yaml'))).toBe(true);
    good(dpkg('--purge', 'xperf-fleet-worker'));
    for (const gone of ['etc/xperf-fleet', 'var/lib/xperf-fleet', service]) {
      expect({ gone, there: existsSync(inRoot(gone)) }).toEqual({ gone, there: false });
    }
    expect(existsSync(inRoot(wants)) ? readdirSync(inRoot(wants)) : []).toEqual([]);
    for (const file of ['passwd', 'group', 'shadow', 'gshadow']) {
      expect(readFileSync(inRoot('etc', file), 'utf8')).not.toContain('xperf-fleet');
    }
  });
});

describe('the worker’s tarball', () => {
  it('measures this machine with the xperf that it brings: no compiler', async () => {
    const place = path.join(folder.home, 'unpacked');
    mkdirSync(place);
    execFileSync('tar', ['--extract', '--file', tarball, '--directory', place, '--strip-components=1']);
    const program = path.join(place, 'usr/bin/xperf-worker');
    const env = {
      ...{
        PATH: '/usr/bin:/bin',
        HOME: folder.home,
        XF_NODE: process.execPath,
        LOG_LEVEL: 'warn',
        WORKER_NOISE_CONTROL: 'off',
      },
      ...{ XF_WORKER_CONFIG: path.join(folder.home, 'worker.yaml'), WORKER_CACHE_DIR: path.join(folder.home, 'cache') },
    };
    const { token } = await ask<MadeInvitation>('/v1/invitations', {});
    const words = ['join', url, token, '--host', 'this-one', '--executor', 'stock-host'];
    good(spawnSync(program, words, { env, encoding: 'utf8' }));
    start(program, ['run'], env);
    await hostIs('this-one');
    const run = await completed(await submit('this-one', 'stock-host', 'syscall_rt', 1_000));
    expect(run).toMatchObject({
      state: 'completed',
      bootState: { extra: { compiler: expect.stringMatching(/, static$/) } },
    });
    expect(readdirSync(env.WORKER_CACHE_DIR).filter((file) => file.startsWith('xperf-'))).toEqual([]);
    chmodSync(env.WORKER_CACHE_DIR, 0o700);
  });
});

import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { HostView } from '#contracts';
import type { LoginName } from '#database-setup';
import { ApiClient } from '../client/api-client.js';
import { type LocalFleet, localFleetFile } from '../client/connection.js';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import type { ServedHost } from './demo-job.js';
import { freePort } from './free-port.js';
import { lastLines, rotate } from './log-file.js';
import { folderError, readSecrets } from './secrets.js';
import { Store } from './store.js';
import { EndedEarly, Supervised } from './supervised.js';
import { type AwaitedHosts, waitForHosts } from './wait-for-hosts.js';

export interface FleetOptions {
  root: string;
  dataDir: string;
  environment: NodeJS.ProcessEnv;
  host: string;
  /** First port to try; `insist` fails when it is taken instead of taking the next. */
  port: number;
  insist: boolean;
  /** What the worker serves; without hosts there is no worker. */
  hosts: readonly ServedHost[];
  /** False: the data folder does not say where this fleet answers. */
  announced?: boolean;
  tell: (line: string) => void;
  /** Something that was running is lost for good. */
  giveUp: (error: CliError) => void;
}

export interface Fleet {
  url: string;
  client: ApiClient;
  hosts: HostView[];
}

/** Together with PostgreSQL everything must be gone within 5 s. */
const graceMs = 3_300;
/** A worker that was killed is noticed sooner than in a real fleet: everything is on one machine. */
const leaseMs = 10_000;
const heartbeatMs = 2_000;
const workerId = 'local';
/** Registering takes well under a second, with a guest to boot first seconds; a loaded machine gets a lot more. */
const registrationLimitMs = 90_000;
/** The coordinator's exit code for a port that somebody else has (apps/coordinator/src/main.ts). */
const portTakenCode = 3;

const readySchema = z.object({ url: z.url() });

/**
 * The processes of the one-machine fleet. A start may be stopped at any point of it: `stop` ends whatever there is by
 * then and can be called more than once.
 */
export class FleetProcesses {
  private store: Store | undefined;
  private coordinator: Supervised | undefined;
  private worker: Supervised | undefined;
  private announced = false;
  private starting: Promise<Fleet> | undefined;
  private stopped: Promise<void> | undefined;

  constructor(private readonly options: FleetOptions) {}

  /** @throws CliError saying what did not start, why and what to do. */
  start(): Promise<Fleet> {
    return (this.starting = this.startAll());
  }

  private async startAll(): Promise<Fleet> {
    const { root, dataDir, environment, host, hosts, tell, giveUp } = this.options;
    const began = new Date();
    // Before anything is made; looked at again when the coordinator is about to take it.
    if (this.options.insist) await freePort(host, this.options.port, true);
    const secrets = await readSecrets(dataDir);
    const logs = path.join(dataDir, 'logs');
    const logFiles = { coordinator: path.join(logs, 'coordinator.log'), worker: path.join(logs, 'worker.log') };
    try {
      await mkdir(logs, { recursive: true, mode: 0o700 });
      for (const file of Object.values(logFiles)) await rotate(file);
    } catch (error) {
      throw folderError(dataDir, error);
    }

    const store = await Store.open({
      dataDir,
      migrations: path.join(root, 'prisma', 'migrations'),
      secrets,
      tell,
      giveUp,
    });
    this.store = store;
    this.throwIfStopped();
    const inherited = { ...environment, NODE_ENV: 'production' };
    const url = await this.startCoordinator(logFiles.coordinator, {
      ...inherited,
      DATABASE_URL: store.url('coordinator'),
      HOST: host,
      XF_LOCAL_KEY: secrets.localKey,
      LEASE_MS: String(leaseMs),
      HEARTBEAT_MS: String(heartbeatMs),
    });
    this.throwIfStopped();

    const client = new ApiClient({ url, key: secrets.localKey });
    const registered =
      hosts.length === 0 ? [] : await this.startWorker(client, { url, began, store, inherited, key: secrets.localKey });
    this.throwIfStopped();
    const facts = { url, key: secrets.localKey, pid: process.pid, startedAt: began.toISOString() };
    if (this.options.announced !== false) await this.announce({ ...facts, workerDatabaseUrl: store.url('worker') });
    return { url, client, hosts: registered };
  }

  private async startWorker(
    client: ApiClient,
    at: { url: string; began: Date; store: Store; inherited: NodeJS.ProcessEnv; key: string },
  ): Promise<HostView[]> {
    const { root, dataDir, hosts, tell, giveUp } = this.options;
    const logFile = path.join(dataDir, 'logs', 'worker.log');
    this.worker = new Supervised(
      {
        name: 'worker',
        script: path.join(root, 'dist', 'apps', 'worker', 'src', 'main.js'),
        cwd: root,
        logFile,
        env: {
          ...at.inherited,
          DATABASE_URL: at.store.url('worker'),
          COORDINATOR_URL: at.url,
          WORKER_KEY: at.key,
          WORKER_ID: workerId,
          WORKER_HOSTS: JSON.stringify(hosts),
          WORKER_CACHE_DIR: path.join(dataDir, 'cache'),
        },
      },
      tell,
      giveUp,
    );
    const hostIds = hosts.map(({ hostId }) => hostId);
    const awaited = { hostIds, selector: `host in (${hostIds.join(',')})`, since: at.began };
    return this.worker.start((_, gone) => registration(client, awaited, logFile, gone));
  }

  /** Its address. A port that was free a moment ago may be taken by now; then the next one is as good. */
  private async startCoordinator(logFile: string, env: NodeJS.ProcessEnv): Promise<string> {
    const { root, host, insist, tell, giveUp } = this.options;
    for (let wanted = this.options.port; ;) {
      const port = await freePort(host, wanted, insist);
      const script = path.join(root, 'dist', 'apps', 'coordinator', 'src', 'main.js');
      const spec = { name: 'coordinator', script, cwd: root, logFile, env: { ...env, PORT: String(port) } };
      this.coordinator = new Supervised(spec, tell, giveUp);
      try {
        const { url } = await this.coordinator.start(async (child) => readySchema.parse(await child.ready));
        return url;
      } catch (error) {
        const taken = error instanceof EndedEarly && error.ending.code === portTakenCode;
        if (!taken || insist) throw error;
        this.throwIfStopped();
        wanted = port + 1;
      }
    }
  }

  /** The store, as a login of it, once started. */
  databaseUrl(login: LoginName): string {
    if (this.store === undefined) throw new Error('the fleet has not started');
    return this.store.url(login);
  }

  /** Process ids by name, for people and tests. */
  get pids(): Record<string, number | undefined> {
    return { postgres: this.store?.pid, coordinator: this.coordinator?.pid, worker: this.worker?.pid };
  }

  /** Ends everything, in the order in which nothing is lost. */
  stop(): Promise<void> {
    return (this.stopped ??= this.stopAll().then(async () => {
      const begun = await this.starting?.catch(() => null); // start() has reported it
      if (begun === null) await this.stopAll();
    }));
  }

  /** Ends the children without asking; PostgreSQL, which keeps everybody's data, is still asked. */
  kill(): void {
    this.coordinator?.kill();
    this.worker?.kill();
  }

  private async stopAll(): Promise<void> {
    if (this.announced) await rm(localFleetFile(this.options.dataDir), { force: true });
    await Promise.all([this.worker?.stop(graceMs), this.coordinator?.stop(graceMs)]);
    await this.store?.stop();
  }

  /** A stop that came while something was starting: it waits for us to give up, then ends that as well. */
  private throwIfStopped(): void {
    if (this.stopped !== undefined) throw new StartInterrupted('stopped while starting');
  }

  private async announce(fleet: LocalFleet): Promise<void> {
    const file = localFleetFile(this.options.dataDir);
    try {
      await writeFile(`${file}.new`, `${JSON.stringify(fleet)}\n`, { mode: 0o600 });
      await rename(`${file}.new`, file);
      this.announced = true;
    } catch (error) {
      throw folderError(this.options.dataDir, error);
    }
  }
}

/** @throws CliError with the worker's last words when it takes too long. */
async function registration(
  client: ApiClient,
  awaited: AwaitedHosts,
  workerLog: string,
  gone: AbortSignal,
): Promise<HostView[]> {
  const limit = AbortSignal.timeout(registrationLimitMs);
  try {
    return await waitForHosts(client, awaited, AbortSignal.any([limit, gone]));
  } catch (error) {
    if (!limit.aborted) throw error;
    const words = await lastLines(workerLog, 6);
    throw new CliError(
      [`the worker did not register its hosts within ${registrationLimitMs / 1_000} s`, ...words].join('\n    '),
      `fix what it reports; its full log is ${workerLog}`,
      exitCodes.failed,
    );
  }
}

/** The start was stopped by a signal before it was complete. */
export class StartInterrupted extends Error {
  override readonly name = 'StartInterrupted';
}

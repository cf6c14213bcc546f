import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Daemon } from './daemon.js';
import type { ChaosHost } from './load.js';
import { PostgresServer } from './postgres-server.js';
import { Wire } from './wire.js';

export interface FleetOptions {
  /** The project: migrations, and the preload of the clock. */
  root: string;
  /** The patched copy whose programs run. */
  copy: string;
  /** For data and logs. */
  folder: string;
  coordinators: number;
  workers: number;
  hosts: readonly ChaosHost[];
  queue: 'postgres' | 'redis';
}

/** As `npm start` has them, so that a frozen process is given up within a run's length. */
export const leaseMs = 10_000;
const heartbeatMs = 1_000;
/** As Docker gives it. */
const stopLimitMs = 10_000;

async function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Everything that runs: PostgreSQL, Redis when asked for, coordinators, workers. */
export class Fleet {
  readonly daemons = new Map<string, Daemon>();
  readonly wires = new Map<string, Wire>();
  /** What did not end as it should when it was told to. */
  readonly wrongEnds: { name: string; says: string }[] = [];
  readonly urls: string[] = [];
  readonly key = `xf_admin_${randomBytes(32).toString('base64url')}`;
  queueUrl = '';

  private constructor(
    readonly options: FleetOptions,
    readonly postgres: PostgresServer,
  ) {}

  static async start(options: FleetOptions, prepare: (postgres: PostgresServer) => Promise<void>): Promise<Fleet> {
    const { folder, root, queue, coordinators, workers } = options;
    await mkdir(path.join(folder, 'logs'), { recursive: true });
    const postgres = await PostgresServer.start(path.join(folder, 'postgres'), path.join(root, 'prisma/migrations'));
    const fleet = new Fleet(options, postgres);
    try {
      await prepare(postgres);
      if (queue === 'redis') await fleet.#addRedis();
      else fleet.queueUrl = postgres.adminUrl();
      for (let index = 1; index <= coordinators; index += 1) await fleet.#addCoordinator(`coordinator-${index}`);
      for (let index = 1; index <= workers; index += 1) await fleet.#addWorker(`worker-${index}`, index);
      for (const daemon of fleet.daemons.values()) daemon.start();
      return fleet;
    } catch (error) {
      await fleet.end();
      throw error;
    }
  }

  daemon(name: string): Daemon {
    const daemon = this.daemons.get(name);
    if (daemon === undefined) throw new Error(`there is no ${name}`);
    return daemon;
  }

  /** Another process with the hosts of a worker; refused, it tries again every second, as under a supervisor. */
  rivalOf(worker: string, workerId: string): Daemon {
    const { spec } = this.daemon(worker);
    const name = `${worker}-rival`;
    const rival = new Daemon({
      ...spec,
      name,
      env: { ...spec.env, WORKER_ID: workerId },
      logFile: this.#log(name),
      clockFile: this.#clock(name),
    });
    return rival;
  }

  /** Tells a process to end, as a supervisor does. */
  async stopOne(name: string): Promise<void> {
    const says = await this.daemon(name).stop(stopLimitMs);
    if (says !== null) this.wrongEnds.push({ name, says });
  }

  /** Stops what serves; PostgreSQL stays for the oracle. */
  async stopServing(): Promise<void> {
    const stop = async (of: (name: string) => boolean): Promise<void> => {
      await Promise.all([...this.daemons.keys()].filter(of).map((name) => this.stopOne(name)));
    };
    await stop((name) => name.startsWith('worker'));
    await stop((name) => name.startsWith('coordinator'));
    await stop(() => true);
    for (const wire of this.wires.values()) wire.close();
  }

  /** Ends everything, however it stands. */
  async end(): Promise<void> {
    await Promise.all([...this.daemons.values()].map((daemon) => daemon.kill()));
    for (const wire of this.wires.values()) wire.close();
    await this.postgres.stop();
  }

  #log(name: string): string {
    return path.join(this.options.folder, 'logs', `${name}.log`);
  }

  #clock(name: string): string {
    return path.join(this.options.folder, `${name}.clock`);
  }

  #add(name: string, command: string, args: readonly string[], env: Record<string, string>): void {
    const { copy } = this.options;
    const clockFile = this.#clock(name);
    const whole = { PATH: process.env['PATH'] ?? '', HOME: this.options.folder, CHAOS_CLOCK: clockFile, ...env };
    this.daemons.set(
      name,
      new Daemon({ name, command, args, env: whole, cwd: copy, logFile: this.#log(name), clockFile }),
    );
  }

  #addProgram(name: string, program: string, env: Record<string, string>): void {
    const { root, copy } = this.options;
    const clock = pathToFileURL(path.join(root, 'test/chaos/stepped-clock.mjs')).href;
    const args = ['--import', clock, path.join(copy, program)];
    this.#add(name, process.execPath, args, { NODE_ENV: 'production', ...env });
  }

  async #databaseUrl(name: string, login: 'coordinator' | 'worker'): Promise<string> {
    const wire = await Wire.to(this.postgres.port);
    this.wires.set(name, wire);
    return this.postgres.loginUrl(login, wire.port);
  }

  /** Where a process finds the queue: on its own way to PostgreSQL, unless it is Redis. */
  #queueEnv(): Record<string, string> {
    return this.options.queue === 'redis' ? { QUEUE_URL: this.queueUrl } : {};
  }

  async #addRedis(): Promise<void> {
    const port = await freePort();
    const policy = ['--maxmemory-policy', 'noeviction', '--save', '', '--appendonly', 'no'];
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', this.options.folder, ...policy];
    // It has no channel to notice our end by.
    this.#add('redis', 'setpriv', ['--pdeathsig', 'KILL', 'redis-server', ...args], {});
    this.queueUrl = `redis://127.0.0.1:${port}`;
  }

  async #addCoordinator(name: string): Promise<void> {
    const port = await freePort();
    this.urls.push(`http://127.0.0.1:${port}`);
    this.#addProgram(name, 'dist/apps/coordinator/src/main.js', {
      DATABASE_URL: await this.#databaseUrl(name, 'coordinator'),
      ...this.#queueEnv(),
      PORT: String(port),
      XF_LOCAL_KEY: this.key,
      LEASE_MS: String(leaseMs),
      HEARTBEAT_MS: String(heartbeatMs),
    });
  }

  async #addWorker(name: string, index: number): Promise<void> {
    const served = this.options.hosts.filter(({ worker }) => worker === name);
    this.#addProgram(name, 'dist/apps/worker/src/main.js', {
      DATABASE_URL: await this.#databaseUrl(name, 'worker'),
      ...this.#queueEnv(),
      COORDINATOR_URL: this.urls[(index - 1) % this.urls.length] ?? '',
      WORKER_KEY: this.key,
      WORKER_ID: name,
      WORKER_HOSTS: JSON.stringify(
        served.map(({ hostId, machine }) => ({ hostId, machine, executors: ['simulator'] })),
      ),
      WORKER_NOISE_CONTROL: 'off',
    });
  }
}

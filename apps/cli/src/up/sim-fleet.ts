import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FleetHost } from '#entry-sim';
import type { ApiClient } from '../client/api-client.js';
import type { CliError } from '../cli-error.js';
import { rotate } from './log-file.js';
import { folderError } from './secrets.js';
import { Supervised } from './supervised.js';

export interface SimulatedFleetOptions {
  root: string;
  dataDir: string;
  environment: NodeJS.ProcessEnv;
  client: ApiClient;
  /** Event store and queue, as a login with role xf_worker. */
  databaseUrl: string;
  workerId: string;
  /** Label that all its hosts carry, under the name `fleet`. */
  label: string;
  hosts: readonly FleetHost[];
  tell: (line: string) => void;
  giveUp: (error: CliError) => void;
}

const graceMs = 4_800;
const lookEveryMs = 500;

/** One worker that serves simulated hosts for a coordinator that runs already. */
export class SimulatedFleet {
  private readonly worker: Supervised;
  readonly logFile: string;

  constructor(private readonly options: SimulatedFleetOptions) {
    const { root, dataDir, environment, client, databaseUrl, workerId, label, hosts, tell, giveUp } = options;
    this.logFile = path.join(dataDir, 'logs', `${workerId}.log`);
    const served = hosts.map(({ hostId, machine }) => ({
      hostId,
      machine,
      executors: ['simulator'],
      labels: { fleet: label },
    }));
    const spec = {
      name: 'worker',
      script: path.join(root, 'dist', 'apps', 'worker', 'src', 'main.js'),
      cwd: root,
      logFile: this.logFile,
      env: {
        ...environment,
        NODE_ENV: 'production',
        DATABASE_URL: databaseUrl,
        COORDINATOR_URL: client.connection.url,
        WORKER_KEY: client.connection.key,
        WORKER_ID: workerId,
        WORKER_HOSTS: JSON.stringify(served),
      },
    };
    this.worker = new Supervised(spec, tell, giveUp);
  }

  /** @throws CliError with the worker's last words when it ends before its hosts are registered. */
  async start(signal: AbortSignal): Promise<void> {
    try {
      await mkdir(path.dirname(this.logFile), { recursive: true, mode: 0o700 });
      await rotate(this.logFile);
    } catch (error) {
      throw folderError(this.options.dataDir, error);
    }
    const began = new Date();
    await this.worker.start(() => this.registered(began, signal));
  }

  stop(): Promise<void> {
    return this.worker.stop(graceMs);
  }

  /** Waits until the coordinator has seen every host since `began`; a worker that ends first ends the wait. */
  private async registered(began: Date, signal: AbortSignal): Promise<void> {
    const missing = new Set(this.options.hosts.map(({ hostId }) => hostId));
    while (missing.size > 0) {
      await pause(lookEveryMs, undefined, { signal });
      for await (const { hostId, seenAt } of this.allHosts())
        if (seenAt !== null && new Date(seenAt) >= began) missing.delete(hostId);
    }
  }

  private async *allHosts() {
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = await this.options.client.hosts({ limit: 200, cursor });
      yield* items;
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
}

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FleetHost } from '#entry-sim';
import type { ApiClient } from '../client/api-client.js';
import type { CliError } from '../cli-error.js';
import { rotate } from './log-file.js';
import { folderError } from './secrets.js';
import { Supervised } from './supervised.js';
import { waitForHosts } from './wait-for-hosts.js';

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

/** One worker that serves simulated hosts for a coordinator that runs already. */
export class SimulatedFleet {
  private readonly worker: Supervised;
  readonly logFile: string;
  private readonly hostsFile: string;
  private readonly served: readonly object[];

  constructor(private readonly options: SimulatedFleetOptions) {
    const { root, dataDir, environment, client, databaseUrl, workerId, label, hosts, tell, giveUp } = options;
    this.logFile = path.join(dataDir, 'logs', `${workerId}.log`);
    this.hostsFile = path.join(dataDir, 'hosts', `${workerId}.json`);
    this.served = hosts.map(({ hostId, machine }) => ({
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
        WORKER_HOSTS: `@${this.hostsFile}`,
      },
    };
    this.worker = new Supervised(spec, tell, giveUp);
  }

  /** @throws CliError with the worker's last words when it ends before its hosts are registered. */
  async start(signal: AbortSignal): Promise<void> {
    try {
      await mkdir(path.dirname(this.logFile), { recursive: true, mode: 0o700 });
      await rotate(this.logFile);
      await mkdir(path.dirname(this.hostsFile), { recursive: true, mode: 0o700 });
      await writeFile(this.hostsFile, JSON.stringify(this.served));
    } catch (error) {
      throw folderError(this.options.dataDir, error);
    }
    const { client, hosts, label } = this.options;
    const awaited = { hostIds: hosts.map(({ hostId }) => hostId), selector: `fleet=${label}`, since: new Date() };
    await this.worker.start((_, gone) => waitForHosts(client, awaited, AbortSignal.any([signal, gone])));
  }

  stop(): Promise<void> {
    return this.worker.stop(graceMs);
  }
}

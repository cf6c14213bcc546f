import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FleetAroundWorker } from './fleet-around-worker.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** The daemon as it runs for real: its own process, as built (`npm test` builds first). */
export class WorkerProcess {
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
  stderr = '';
  stdout = '';

  private constructor(readonly child: ChildProcess) {
    this.exited = once(child, 'exit').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as string | null,
    }));
    child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  static start(environment: Record<string, string>): WorkerProcess {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, ['dist/apps/worker/src/main.js'], {
      cwd: root,
      env: { PATH, HOME, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return new WorkerProcess(child);
  }

  /** Ends it, whatever state it is in. */
  async destroy(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

/** Everything that a worker of this fleet needs in its environment. */
export function workerEnvironment(fleet: FleetAroundWorker, hosts: object[]): Record<string, string> {
  return {
    DATABASE_URL: fleet.database.workerUrl,
    QUEUE_URL: fleet.queue.workerUrl,
    COORDINATOR_URL: fleet.coordinator.url,
    WORKER_KEY: 'xf_worker_test',
    WORKER_ID: 'w-process',
    WORKER_HOSTS: JSON.stringify(hosts),
  };
}

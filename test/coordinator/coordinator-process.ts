import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { projectRoot } from '../../apps/coordinator/src/project-root.js';

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

/** The coordinator as it runs for real: its own process, as built (`npm test` builds first). */
export class CoordinatorProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #output = '';

  constructor(environment: Record<string, string>) {
    // A process that compiles itself would take seconds to start.
    this.child = fork('dist/apps/coordinator/src/main.js', {
      cwd: projectRoot(),
      execArgv: [],
      env: { PATH: process.env['PATH'], LOG_LEVEL: 'info', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    // Not `close`: Node does not emit it after the parent itself has disconnected.
    const written = [this.child.stdout, this.child.stderr].map((stream) =>
      stream === null ? null : once(stream, 'end'),
    );
    this.ended = Promise.all([once(this.child, 'exit'), ...written]).then(([[code, signal]]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      output: this.#output,
    }));
  }

  /** The address that it sent when it was ready. */
  async url(): Promise<string> {
    const announced = once(this.child, 'message').then(([message]) => (message as { url: string }).url);
    const failed = this.ended.then(({ output }) =>
      Promise.reject(new Error(`it ended before it was ready: ${output}`)),
    );
    return Promise.race([announced, failed]);
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { open, stat } from 'node:fs/promises';
import { lastLines, rotate } from './log-file.js';

export interface ChildSpec {
  name: string;
  /** Built program, run by this Node.js. */
  script: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
}

/** How a child process ended. */
export interface Ending {
  code: number | null;
  signal: string | null;
  /** The last lines that it wrote, in words. */
  lastWords: string[];
}

const lastWordsShown = 6;
/** How often a log is looked at: at 1,000 requests a second some 3 MB. */
const rotateEveryMs = 10_000;

/** Of glibc's arenas, two: each thread's own would keep what it once needed. V8's part is given back at rest (libs/resting-memory). */
export const memoryEnvironment = { MALLOC_ARENA_MAX: '2' };

/**
 * A Node.js process of ours, writing to its log file. It leads a process group of its own, so that Ctrl-C in the
 * terminal reaches only us and we choose the order; its IPC channel closes when we die in whatever way, and it ends
 * then by itself.
 */
export class Child {
  private constructor(
    readonly name: string,
    private readonly process: ChildProcess,
    readonly ended: Promise<Ending>,
    /** The first message on its IPC channel. */
    readonly ready: Promise<unknown>,
  ) {}

  static async start({ name, script, cwd, env, logFile }: ChildSpec): Promise<Child> {
    const log = await open(logFile, 'a', 0o600);
    try {
      const { size: wordsFrom } = await stat(logFile);
      const child = spawn(process.execPath, [script], {
        cwd,
        env: { ...env, ...memoryEnvironment },
        detached: true,
        stdio: ['ignore', log.fd, log.fd, 'ipc'],
      });
      const rotating = setInterval(() => {
        rotate(logFile).catch(() => undefined); // on a full disk it does not grow either
      }, rotateEveryMs).unref();
      const ended = new Promise<Ending>((done, failed) => {
        child.once('error', failed);
        child.once('exit', (code, signal) => {
          clearInterval(rotating);
          killGroup(child.pid); // what it had started and left behind
          lastLines(logFile, lastWordsShown, wordsFrom).then((lastWords) => done({ code, signal, lastWords }), failed);
        });
      });
      const ready = new Promise<unknown>((done) => child.once('message', done));
      return new Child(name, child, ended, ready);
    } finally {
      await log.close();
    }
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  terminate(): void {
    this.process.kill('SIGTERM');
  }

  kill(): void {
    killGroup(this.process.pid);
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

export interface DaemonSpec {
  name: string;
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
  logFile: string;
  /** Its wall clock's offset (stepped-clock.mjs). */
  clockFile: string;
}

/** How a process ended that nobody killed. */
export interface OwnEnd {
  name: string;
  code: number | null;
  signal: string | null;
}

/** As a supervisor would. */
const restartMs = 1_000;

/** Sessions of all processes that were ever started here; who is in one of them belongs to us. */
const sessions = new Set<number>();

export function noteSession(pid: number): void {
  sessions.add(pid);
}

/** Processes of our sessions that still run, in words. */
export function leftOver(): string[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const [state = '', , , session = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (!sessions.has(Number(session)) || 'ZX'.includes(state)) return [];
      return [`${entry} ${readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 120)}`];
    } catch {
      return []; // it ended while we looked
    }
  });
}

/** A process of the fleet that is started again when it ends, until it is told to stop. */
export class Daemon {
  #child: ChildProcess | undefined;
  /** Nobody starts it again while it is down on purpose. */
  #wanted = false;
  readonly ownEnds: OwnEnd[] = [];

  constructor(readonly spec: DaemonSpec) {}

  get pid(): number | undefined {
    return this.#child?.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#spawn();
  }

  /** kill -9; stays down until `start`. */
  async kill(): Promise<void> {
    this.#wanted = false;
    await this.#end('SIGKILL', 5_000);
  }

  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  async setClock(offsetMs: number): Promise<void> {
    if (offsetMs === 0) await rm(this.spec.clockFile, { force: true });
    else await writeFile(this.spec.clockFile, String(offsetMs));
  }

  /** Asks it to end, and kills it when it does not within `limitMs`. @returns what was wrong with its end, or null. */
  async stop(limitMs: number): Promise<string | null> {
    this.#wanted = false;
    if (this.pid === undefined) return null;
    const ended = await this.#end('SIGTERM', limitMs);
    const code = this.#child?.exitCode;
    if (!ended) await this.#end('SIGKILL', 5_000);
    if (!ended) return `did not end within ${limitMs} ms`;
    // One that has just been started does not listen yet; that it does later, main.int.spec.ts of each program shows.
    if (code === 0 || this.#child?.signalCode === 'SIGTERM') return null;
    return `ended with ${code ?? this.#child?.signalCode ?? 'nothing'} when it was told to stop`;
  }

  #spawn(): void {
    const { command, args, env, cwd, logFile, name } = this.spec;
    const log = openSync(logFile, 'a', 0o600);
    const channel = command === process.execPath ? (['ipc'] as const) : [];
    // A session of its own tells what belongs to it; the channel ends it when this process dies.
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log, ...channel] });
    closeSync(log);
    this.#child = child;
    if (child.pid !== undefined) noteSession(child.pid);
    child.once('error', () => undefined);
    child.once('exit', (code, signal) => {
      if (!this.#wanted || this.#child !== child) return;
      this.ownEnds.push({ name, code, signal });
      setTimeout(() => this.#wanted && this.#child === child && this.#spawn(), restartMs).unref();
    });
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.pid !== undefined) this.#child?.kill(signal);
  }

  async #end(signal: NodeJS.Signals, limitMs: number): Promise<boolean> {
    this.#signal(signal);
    this.#signal('SIGCONT'); // a frozen one hears nothing but SIGKILL
    for (let waitedMs = 0; waitedMs < limitMs && this.pid !== undefined; waitedMs += 20) await pause(20);
    return this.pid === undefined;
  }
}

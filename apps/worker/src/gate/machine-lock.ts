import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { limits } from '#contracts';
import { ExecutionError } from '../executors/executor.js';

/**
 * A name in the kernel's abstract socket namespace: one for all users and folders of a machine, and given back by the
 * kernel whatever way its holder ends. Containers with a network namespace of their own have a name of their own.
 * As long as such a name may be (108 bytes of sun_path), because libuv 1.46 fills shorter ones up.
 */
const machineName = '\0xperf-fleet.measurement'.padEnd(108, '.');
/** Between two tries when the holder can't be reached: it is just coming or going. */
const retryMs = 50;
const mostHolderCharacters = 200;

export interface MachineLockOptions {
  /** Told to those who wait, for example `worker w1, pid 4711`. */
  holder: string;
  name?: string;
  /** How long to wait for others; by default as long as any single run may take. */
  waitLimitMs?: number;
}

/** Lets one measurement run at a time on this machine, whichever worker process it belongs to. */
export class MachineLock {
  private readonly name: string;
  private readonly holder: string;
  private readonly waitLimitMs: number;

  constructor({ holder, name = machineName, waitLimitMs = limits.timeoutMsMax }: MachineLockOptions) {
    this.name = name;
    this.holder = holder;
    this.waitLimitMs = waitLimitMs;
  }

  /**
   * @throws ExecutionError `machine-busy` when others held it for all of the wait's limit
   * @throws the signal's reason when that aborts while waiting
   */
  async during<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const release = await this.acquire(signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  private async acquire(signal: AbortSignal): Promise<() => void> {
    const limit = AbortSignal.timeout(this.waitLimitMs);
    const either = AbortSignal.any([signal, limit]);
    let other = 'somebody who does not say';
    for (;;) {
      signal.throwIfAborted();
      const release = await this.take();
      if (release !== null) return release;
      if (limit.aborted) throw busy(other, this.waitLimitMs);
      other = (await this.untilReleased(either)) ?? other;
    }
  }

  /** Null when somebody else has it. */
  private take(): Promise<(() => void) | null> {
    const waiting = new Set<Socket>();
    const server = createServer((socket) => {
      waiting.add(socket);
      // Whoever waits may go at any moment.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => waiting.delete(socket));
      socket.resume().write(`${this.holder}\n`);
    });
    const release = (): void => {
      server.close();
      // Only now, with the name free again: their end is what the others wait for.
      waiting.forEach((socket) => socket.destroy());
    };
    return listening(server, this.name).then((got) => (got ? release : null));
  }

  /** Waits for the holder's end, or the signal's; says who it was. */
  private async untilReleased(signal: AbortSignal): Promise<string | null> {
    const socket = connect({ path: this.name, signal });
    let text = '';
    let reached = false;
    socket.setEncoding('utf8').on('data', (part: string) => (text = (text + part).slice(0, mostHolderCharacters)));
    socket.on('connect', () => (reached = true));
    // An aborted wait, or a holder that is gone, ends it too; what to do next is decided by who waits.
    socket.on('error', () => socket.destroy());
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    if (!reached && !signal.aborted) await pause(retryMs);
    return /^[^\n]+/.exec(text)?.[0] ?? null;
  }
}

function listening(server: Server, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(name, () => resolve(true));
  });
}

function busy(other: string, waitedMs: number): ExecutionError {
  return new ExecutionError({
    code: 'machine-busy',
    message: `another measurement holds this machine: ${other}; waited ${waitedMs} ms`,
    remedy: 'Serve all hosts of one machine from one worker, or ask for shorter runs; submit the job again.',
  });
}

import type { Provenance } from '#contracts';
import type { MachineLock } from './machine-lock.js';

interface Waiting {
  alone: boolean;
  enter: () => void;
}

/**
 * Lets simulated runs of one worker run side by side, and a real measurement only alone: another lane's work on the
 * same machine takes cache, memory bandwidth and CPU time from what is being measured.
 * First come, first served, so that neither kind starves. A real measurement also waits for those of other workers.
 */
export class MeasurementGate {
  private readonly queue: Waiting[] = [];
  private inside = 0;
  private aloneInside = false;

  /** @param machine null where no other worker can be on this machine */
  constructor(private readonly machine: Pick<MachineLock, 'during'> | null) {}

  /**
   * Runs `work` when it may; rejects with the signal's reason when that aborts first.
   *
   * @throws ExecutionError `machine-busy` when other workers leave it no room
   */
  async pass<T>(provenance: Provenance, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const alone = provenance !== 'simulated';
    await this.enter(alone, signal);
    try {
      return await (alone && this.machine !== null ? this.machine.during(signal, work) : work());
    } finally {
      this.inside -= 1;
      if (alone) this.aloneInside = false;
      this.admit();
    }
  }

  private async enter(alone: boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        const place = this.queue.indexOf(waiting);
        if (place >= 0) this.queue.splice(place, 1);
        reject(signal.reason as Error);
        this.admit();
      };
      const waiting: Waiting = {
        alone,
        enter: () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.queue.push(waiting);
      this.admit();
    });
  }

  private admit(): void {
    for (let next = this.queue[0]; next !== undefined; next = this.queue[0]) {
      if (this.aloneInside || (next.alone && this.inside > 0)) return;
      this.queue.shift();
      this.inside += 1;
      this.aloneInside = next.alone;
      next.enter();
    }
  }
}

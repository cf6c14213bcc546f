import { EventEmitter, once } from 'node:events';
import { uptime } from 'node:os';

/** Runs on while this process is stopped and while the machine is suspended, and knows no clock steps. */
const uptimeMs = (): number => uptime() * 1_000;

/**
 * When the coordinator last answered this worker. Within a lease of that its hosts are its own; beyond it they may have
 * become another's.
 */
export class Hearing {
  private readonly heard = new EventEmitter().setMaxListeners(0);
  private lastMs: number;

  constructor(
    private readonly leaseMs: number,
    private readonly nowMs = uptimeMs,
  ) {
    this.lastMs = nowMs();
  }

  /** Passes an answer on. It speaks for the moment of the question: what came later it can't know. */
  async of<T>(ask: () => Promise<T>): Promise<T> {
    const asked = this.nowMs();
    const answer = await ask();
    this.lastMs = asked;
    this.heard.emit('heard');
    return answer;
  }

  /**
   * Returns at once when the coordinator was heard within a lease, else when it is heard again.
   *
   * @throws the signal's reason when that aborts while waiting
   */
  async current(signal: AbortSignal): Promise<void> {
    while (this.nowMs() - this.lastMs > this.leaseMs) {
      await once(this.heard, 'heard', { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
    }
  }
}

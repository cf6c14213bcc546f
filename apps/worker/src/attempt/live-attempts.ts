import type { Heartbeat } from '#contracts';
import { AttemptStopped } from './attempt-stopped.js';

interface Live {
  runId: string;
  attempt: number;
  abort: AbortController;
}

/** The attempts that this worker is working on: what a heartbeat reports, and what can be stopped. */
export class LiveAttempts {
  private readonly live = new Set<Live>();

  /** Keeps the attempt listed, and stoppable, for as long as the work takes. `stopping` aborts with the worker. */
  async during<T>(
    runId: string,
    attempt: number,
    stopping: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const entry: Live = { runId, attempt, abort: new AbortController() };
    const onStopping = (): void => entry.abort.abort(new AttemptStopped('worker-stopped'));
    if (stopping.aborted) onStopping();
    stopping.addEventListener('abort', onStopping, { once: true });
    this.live.add(entry);
    try {
      return await work(entry.abort.signal);
    } finally {
      this.live.delete(entry);
      stopping.removeEventListener('abort', onStopping);
    }
  }

  list(): Heartbeat['attempts'] {
    return [...this.live].map(({ runId, attempt }) => ({ runId, attempt }));
  }

  /** Stops one attempt, if it is (still) being worked on. */
  stop(runId: string, attempt: number): void {
    for (const entry of this.live) {
      if (entry.runId === runId && entry.attempt === attempt) entry.abort.abort(new AttemptStopped('revoked'));
    }
  }
}

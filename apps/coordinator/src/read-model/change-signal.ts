/** Lets any number of waiters sleep until something changed. */
export class ChangeSignal {
  readonly #waiting = new Set<() => void>();

  /** Wakes everybody who waits. */
  changed(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves at the next change, after `timeoutMs`, or when the signal fires. Never rejects. */
  next(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      signal?.addEventListener('abort', wake, { once: true });
      this.#waiting.add(wake);
    });
  }
}

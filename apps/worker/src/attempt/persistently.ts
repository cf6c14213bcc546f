import pRetry from 'p-retry';

/** PostgreSQL could not be reached, or did not answer, for as long as we were willing to try. */
export class StoreUnreachableError extends Error {
  override readonly name = 'StoreUnreachableError';
}

export interface Persistence {
  /** How long to try in all. */
  giveUpAfterMs: number;
  /** How long one try may take: a connection that hangs must not hang the worker. */
  tryLimitMs: number;
  /** Ends the trying. */
  signal: AbortSignal;
  /** Errors that trying again can't fix. */
  isPermanent: (error: Error) => boolean;
  /** Told of every failed try that is going to be repeated. */
  onRetry: (error: Error, tries: number) => void;
}

/**
 * Does something with the store again and again, with growing pauses (100 ms to 2 s), until it succeeds, fails for
 * good, or the time is over. What is done must be harmless to repeat: a try that timed out may still take effect.
 *
 * @throws StoreUnreachableError when the time is over; the signal's reason when aborted; a permanent error as it is.
 */
export async function persistently<T>(what: string, work: () => Promise<T>, persistence: Persistence): Promise<T> {
  const { giveUpAfterMs, tryLimitMs, signal, isPermanent, onRetry } = persistence;
  let permanent: Error | undefined;
  try {
    return await pRetry(() => limited(what, work, tryLimitMs, signal), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 100,
      factor: 2,
      maxTimeout: 2_000,
      maxRetryTime: giveUpAfterMs,
      signal,
      onFailedAttempt: ({ error, attemptNumber }) => {
        // A TypeError is a bug of ours; pRetry does not repeat it either.
        if (isPermanent(error) || error instanceof TypeError) permanent = error;
        else onRetry(error, attemptNumber);
      },
      shouldRetry: () => permanent === undefined,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (permanent !== undefined) throw permanent;
    throw new StoreUnreachableError(`${what} failed for ${giveUpAfterMs} ms: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function limited<T>(what: string, work: () => Promise<T>, limitMs: number, signal: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort = (): void => undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${limitMs} ms`)), limitMs);
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work(), limit]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

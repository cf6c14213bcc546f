import { setTimeout as delay } from 'node:timers/promises';

/**
 * Takes a step again and again, so long after the end of the one before, until the signal fires; the step under way is taken to its
 * end. One that fails is told of, unless that is because everything ends.
 */
export async function repeating(
  step: () => Promise<void>,
  { everyMs, signal, onError }: { everyMs: number; signal: AbortSignal; onError: (error: unknown) => void },
): Promise<void> {
  while (!signal.aborted) {
    await step().catch((error: unknown) => {
      if (!signal.aborted) onError(error);
    });
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

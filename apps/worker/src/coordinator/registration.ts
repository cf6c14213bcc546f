import type { WorkerRegistration } from '#contracts';
import pRetry from 'p-retry';
import { RefusedByCoordinatorError, type Coordinator } from './coordinator-client.js';

/**
 * Registers, however long the coordinator takes to come up: tries again after 200 ms, doubling to 5 s.
 *
 * @throws RefusedByCoordinatorError when it refuses for good: another contract version, a wrong key, a wrong address.
 */
export function register(
  coordinator: Coordinator,
  registration: WorkerRegistration,
  signal: AbortSignal,
  onRetry: (error: Error, tries: number) => void,
): ReturnType<Coordinator['register']> {
  return pRetry(() => coordinator.register(registration, signal), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 200,
    maxTimeout: 5_000,
    signal,
    onFailedAttempt: ({ error, attemptNumber }) => {
      if (!(error instanceof RefusedByCoordinatorError)) onRetry(error, attemptNumber);
    },
    shouldRetry: ({ error }) => !(error instanceof RefusedByCoordinatorError),
  });
}

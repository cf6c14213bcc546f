import { contractVersion } from '#contracts';
import { setTimeout as pause } from 'node:timers/promises';
import type { LiveAttempts } from '../attempt/live-attempts.js';
import { RefusedByCoordinatorError, type Coordinator } from './coordinator-client.js';

export interface HeartbeatOptions {
  coordinator: Coordinator;
  instanceId: string;
  sessionId: string;
  hosts: readonly string[];
  live: Pick<LiveAttempts, 'list' | 'stop'>;
  intervalMs: number;
  signal: AbortSignal;
  /** The coordinator does not know this worker any more (its database was reset, say): introduce yourself again. */
  registerAgain: () => Promise<unknown>;
  /** Told when heartbeats begin to fail (with the error) and when they get through again (with null). */
  onChange: (error: Error | null) => void;
}

/**
 * Reports to the coordinator every `intervalMs` that this worker lives and what it works on, and stops what it is asked to
 * stop. A failed heartbeat is not repeated at once: the next one says all that is needed.
 *
 * @throws RefusedByCoordinatorError when the coordinator refuses this worker for good.
 */
export async function keepHeartbeat(options: HeartbeatOptions): Promise<void> {
  const { intervalMs, signal, onChange } = options;
  let failing = false;
  while (!signal.aborted) {
    try {
      await beat(options);
      if (failing) onChange(null);
      failing = false;
    } catch (error) {
      if (signal.aborted) return;
      // This worker was let in with that key: a whole fleet must not end because its coordinator has the wrong database.
      if (error instanceof RefusedByCoordinatorError && !error.isUnknownKey) throw error;
      if (!failing) onChange(error as Error);
      failing = true;
    }
    await pause(intervalMs, undefined, { signal }).catch((error: Error) => {
      if (error.name !== 'AbortError') throw error;
    });
  }
}

export async function beat({
  coordinator,
  instanceId,
  sessionId,
  hosts,
  live,
  signal,
  registerAgain,
}: Omit<HeartbeatOptions, 'intervalMs' | 'onChange'>): Promise<void> {
  try {
    const { stop } = await coordinator.heartbeat(
      { contractVersion, instanceId, sessionId, hosts: [...hosts], attempts: live.list() },
      signal,
    );
    for (const { runId, attempt } of stop) live.stop(runId, attempt);
  } catch (error) {
    if (!(error instanceof RefusedByCoordinatorError) || error.status !== 404) throw error;
    await registerAgain();
  }
}

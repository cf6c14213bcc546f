import type { WorkerRegistration } from '#contracts';
import pRetry from 'p-retry';
import { RefusedByCoordinatorError, type Coordinator } from './coordinator-client.js';

type Host = WorkerRegistration['hosts'][number];

/**
 * Most of one request's body. The coordinator reads 1 MB (apps/coordinator/src/problems/http-problem.ts); half of it
 * leaves each request well within its time limit as well.
 */
const mostBytes = 512_000;

/** The hosts in as few parts as fit, in order; what is registered in one part stays when the next comes. */
export function inParts(hosts: readonly Host[], most = mostBytes): Host[][] {
  const parts: Host[][] = [];
  let room = 0;
  for (const host of hosts) {
    const bytes = Buffer.byteLength(JSON.stringify(host)) + 1;
    if (bytes > room || parts.length === 0) {
      parts.push([]);
      room = most;
    }
    parts.at(-1)?.push(host);
    room -= bytes;
  }
  return parts;
}

/**
 * Registers, however long the coordinator takes to come up: tries again after 200 ms, doubling to 5 s. Many hosts are
 * registered in several requests.
 *
 * @throws RefusedByCoordinatorError when it refuses for good: another contract version, a wrong key, a wrong address.
 */
export async function register(
  coordinator: Coordinator,
  { hosts, ...registration }: WorkerRegistration,
  signal: AbortSignal,
  onRetry: (error: Error, tries: number) => void,
): ReturnType<Coordinator['register']> {
  const [first = [], ...others] = inParts(hosts);
  const registerPart = (part: Host[]): ReturnType<Coordinator['register']> =>
    pRetry(() => coordinator.register({ ...registration, hosts: part }, signal), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 200,
      maxTimeout: 5_000,
      signal,
      onFailedAttempt: ({ error, attemptNumber }) => {
        if (!(error instanceof RefusedByCoordinatorError)) onRetry(error, attemptNumber);
      },
      shouldRetry: ({ error }) => !(error instanceof RefusedByCoordinatorError),
    });
  const reply = await registerPart(first);
  const removed = [...(reply.removed ?? [])];
  for (const part of others) removed.push(...((await registerPart(part)).removed ?? []));
  return removed.length === 0 ? reply : { ...reply, removed };
}

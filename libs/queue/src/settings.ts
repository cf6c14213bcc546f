/** Where tickets travel: `postgres://…` (the event store's own database serves) or `redis://…`. */
export interface QueueSettings {
  url: string;
  /** Hears of connection trouble and of settings that endanger tickets; nothing of it stops the queue. */
  onError: (error: Error) => void;
}

export type QueueBackendName = 'postgres' | 'redis';

/** A queue URL that names neither of the backends. */
export class QueueUrlError extends Error {
  override readonly name = 'QueueUrlError';
}

/**
 * Chooses the backend by the URL's scheme.
 *
 * @throws QueueUrlError saying which schemes there are; the URL itself is not shown, it may hold a password.
 */
export function backendOf(url: string): QueueBackendName {
  const scheme = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'postgres' || scheme === 'postgresql') return 'postgres';
  if (scheme === 'redis' || scheme === 'rediss') return 'redis';
  throw new QueueUrlError(
    `QUEUE_URL has scheme "${scheme ?? ''}"; it must begin with postgres:// or redis:// (rediss:// for TLS)`,
  );
}

const before = 'host.';

/** One queue a host. BullMQ allows no colon in it; host ids have none. */
export function queueName(hostId: string): string {
  return `${before}${hostId}`;
}

/** The host of a queue; the empty string for a queue that is no host's. */
export function hostOfQueue(queue: string): string {
  return queue.startsWith(before) ? queue.slice(before.length) : '';
}

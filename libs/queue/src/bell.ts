// Tells lanes that a queue was given tickets. It may fail to ring, never rings for nothing for long, and costs one
// connection a process.
import type { Redis } from 'ioredis';
import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { closed } from '#connect';

export interface Bell {
  close(): Promise<void>;
}

export interface Listener {
  /** A queue was given tickets. */
  heard: (queue: string) => void;
  /** From now on it is heard; what rang before was not. Again after each connection that broke. */
  listening: () => void;
  onError: (error: Error) => void;
}

/** BullMQ's channel; the payload is the queue's name. */
const channel = 'bullmq_jobs';
/** Ours, because BullMQ on Redis has none that one connection could hear all queues on; names, each in a line. */
const redisChannel = 'xf:tickets';
const retryMs = 500;

/** Listens on a connection of its own, and again on another when that breaks. */
export function bellOnPostgres(config: pg.ClientConfig, { heard, listening, onError }: Listener): Bell {
  const closing = new AbortController();
  const { signal } = closing;
  let client: pg.Client | undefined;
  const listen = async (): Promise<void> => {
    const opened = new pg.Client({ ...config, application_name: 'xf-queue-listener' });
    client = opened;
    const broken = new Promise<void>((resolve) => {
      opened.on('error', (error) => {
        onError(error);
        resolve();
      });
      opened.on('end', resolve);
    });
    opened.on('notification', ({ payload }) => heard(payload ?? ''));
    try {
      await opened.connect();
      await opened.query(`LISTEN ${channel}`);
      listening();
      await broken;
    } catch (error) {
      if (!signal.aborted) onError(error as Error);
    }
    await opened.end().catch(() => undefined);
  };
  const running = (async () => {
    while (!signal.aborted) {
      await listen();
      await delay(retryMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    async close() {
      closing.abort();
      const ended = client?.end().catch(() => undefined);
      await closed(Promise.all([ended, running]));
    },
  };
}

export function bellOnRedis(redis: Redis, { heard, listening, onError }: Listener): Bell {
  const listener = redis.duplicate({ maxRetriesPerRequest: null, connectionName: 'xf-queue-listener' });
  listener.on('error', onError);
  listener.on('message', (_, queues: string) => queues.split('\n').forEach(heard));
  // Each time it connects: of its own accord ioredis subscribes again, but does not say so.
  listener.on('ready', () => void listener.subscribe(redisChannel).then(listening, onError));
  return {
    async close() {
      listener.disconnect();
      await Promise.resolve();
    },
  };
}

export async function ringOnRedis(redis: Redis, queues: readonly string[]): Promise<void> {
  await redis.publish(redisChannel, queues.join('\n'));
}

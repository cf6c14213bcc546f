import { Queue, Worker, type IQueueBackend, type Job } from 'bullmq';
import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { openQueue } from '#queue';
import type { Fleet } from './fleet.js';
import { withClient } from './postgres-server.js';

type HostQueue = Queue<unknown, void, string, unknown, void, string, IQueueBackend>;

/** Waiting tickets, in whichever of BullMQ's lists. */
const waiting = ['waiting', 'prioritized'] as const;

/** Does something with the queue of each host, past the fleet's own connections. */
async function onQueues(
  fleet: Fleet,
  hostIds: readonly string[],
  act: (queue: HostQueue) => Promise<void>,
): Promise<void> {
  const connection = openQueue({ url: fleet.queueUrl, onError: () => undefined }, 'producer');
  try {
    await connection.ping();
    for (const hostId of hostIds) {
      const queue: HostQueue = new Queue(`host.${hostId}`, { connection: connection.options }, connection.factory);
      queue.on('error', () => undefined);
      try {
        await act(queue);
      } finally {
        await queue.close();
      }
    }
  } finally {
    await connection.close();
  }
}

/** Every second ticket or so: which ones, their ids tell. */
const isUnlucky = (id: string): boolean => (createHash('sha256').update(id).digest()[0] ?? 0) % 2 === 0;

async function eachWaiting(queue: HostQueue, act: (job: Job<unknown, void>) => Promise<void>): Promise<void> {
  for (const job of await queue.getJobs([...waiting])) {
    // A lane may have taken it meanwhile; then it is not waiting any more and not ours to touch.
    if (job?.id !== undefined) await act(job).catch(() => undefined);
  }
}

async function onRedis(fleet: Fleet, act: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(fleet.queueUrl, { maxRetriesPerRequest: 3 });
  redis.on('error', () => undefined);
  try {
    await act(redis);
  } finally {
    redis.disconnect();
  }
}

/** Deletes the jobs of some tickets and leaves their ids in BullMQ's lists. */
export function loseHashes(fleet: Fleet): Promise<void> {
  return onRedis(fleet, async (redis) => {
    for (const list of await redis.keys('bull:host.*:prioritized')) {
      const queue = list.slice(0, list.lastIndexOf(':'));
      for (const id of await redis.zrange(list, '0', '-1')) if (isUnlucky(id)) await redis.del(`${queue}:${id}`);
    }
  });
}

export async function flushQueue(fleet: Fleet): Promise<void> {
  if (fleet.queueUrl.startsWith('redis')) {
    await onRedis(fleet, (redis) => redis.flushall());
  } else {
    const tables = 'bullmq.job, bullmq.event, bullmq.meta';
    await withClient(fleet.queueUrl, (client) => client.query(`TRUNCATE ${tables} CASCADE`));
  }
}

export function loseTickets(fleet: Fleet, hostIds: readonly string[]): Promise<void> {
  return onQueues(fleet, hostIds, (queue) =>
    eachWaiting(queue, async (job) => {
      if (isUnlucky(job.id ?? '')) await queue.remove(job.id ?? '');
    }),
  );
}

export function pauseQueues(fleet: Fleet, hostIds: readonly string[]): Promise<void> {
  return onQueues(fleet, hostIds, (queue) => queue.pause());
}

export function resumeQueues(fleet: Fleet, hostIds: readonly string[]): Promise<void> {
  return onQueues(fleet, hostIds, (queue) => queue.resume());
}

/** Replaces some waiting tickets by ones of the same id that are due in an hour. */
export function delayTickets(fleet: Fleet, hostIds: readonly string[]): Promise<void> {
  return onQueues(fleet, hostIds, (queue) =>
    eachWaiting(queue, async ({ id = '', name, data }) => {
      if (!isUnlucky(id)) return;
      await queue.remove(id);
      await queue.add(name, data, { jobId: id, delay: 3_600_000 });
    }),
  );
}

/** Replaces some waiting tickets by ones of the same id that have failed and were kept. */
export async function failTickets(fleet: Fleet, hostIds: readonly string[]): Promise<void> {
  const connection = openQueue({ url: fleet.queueUrl, onError: () => undefined }, 'lanes');
  try {
    await onQueues(fleet, hostIds, async (queue) => {
      const taker: Worker<unknown, void, string, IQueueBackend> = new Worker(
        queue.name,
        null,
        { connection: connection.options },
        connection.factory,
      );
      taker.on('error', () => undefined);
      try {
        await eachWaiting(queue, async ({ id = '', name, data }) => {
          if (!isUnlucky(id)) return;
          await queue.remove(id);
          await queue.add(name, data, { jobId: id, priority: 1, removeOnFail: false });
          const taken = await taker.getNextJob('chaos', { block: false });
          if (taken?.id === id) await taken.moveToFailed(new Error('left behind'), 'chaos', false);
        });
      } finally {
        await taker.close(true);
      }
    });
  } finally {
    await connection.close();
  }
}

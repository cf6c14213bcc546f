// BullMQ's queues many at a time, in a few round trips: its own methods take one to three for each queue or job, which at
// 10,000 hosts is minutes. Table, list and field names are BullMQ's; queue.int.spec.ts compares the answers with its own.
import { createRedisBackend, type IQueueBackend } from 'bullmq';
import type { Redis } from 'ioredis';
import type pg from 'pg';

/** Tickets of one host that wait for its lane, and that its lane holds; and whether somebody paused the queue. */
export interface QueueStanding {
  waiting: number;
  active: number;
  paused: boolean;
}

export const emptyQueue: QueueStanding = { waiting: 0, active: 0, paused: false };

/**
 * - `waiting`: for its lane
 * - `active`: in its lane's hands
 * - `delayed`: waits for a time that nobody of ours set
 * - `dead`: known, and never given out: it ended, or its content is gone
 * - `absent`
 */
export type TicketState = 'waiting' | 'active' | 'delayed' | 'dead' | 'absent';

export interface QueuedJob {
  queue: string;
  id: string;
}

export interface QueueLook {
  /** Queues that have nothing may be left out of the answer. */
  standing(queues: readonly string[]): Promise<Map<string, QueueStanding>>;
  /** In the order of `jobs`. */
  states(jobs: readonly QueuedJob[]): Promise<TicketState[]>;
  /** Those of these queues that have jobs to give out. */
  withTickets(queues: readonly string[]): Promise<string[]>;
  /** Queues that may have active jobs whose holder is gone, with how many at most. */
  orphans(queues: readonly string[]): Promise<Map<string, number>>;
  /** Takes jobs back that nobody holds. */
  remove(jobs: readonly QueuedJob[]): Promise<void>;
  /** Has BullMQ keep few of the events that nobody reads; it forgets when a queue is wiped, so say it with each put. */
  keepFewEvents(queues: readonly string[]): Promise<void>;
}

/** Events that BullMQ keeps of a queue; its default is 10,000. */
const eventsKept = 100;

/** Most queues or jobs in one round trip. */
const bulkSize = 1_000;

async function inBulks<T, R>(items: readonly T[], ask: (some: readonly T[]) => Promise<R[]>): Promise<R[]> {
  const all: R[] = [];
  for (let from = 0; from < items.length; from += bulkSize)
    all.push(...(await ask(items.slice(from, from + bulkSize))));
  return all;
}

export function lookOnPostgres(pool: pg.Pool): QueueLook {
  const standingSql = `
    SELECT q.queue, count(*) FILTER (WHERE state IN ('waiting', 'delayed'))::integer AS waiting,
           count(*) FILTER (WHERE state = 'active')::integer AS active,
           EXISTS (SELECT FROM meta WHERE meta.queue = q.queue AND field = 'paused') AS paused
      FROM unnest($1::text[]) AS q (queue) LEFT JOIN job USING (queue) GROUP BY q.queue`;
  const statesSql = `
    SELECT job.state FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (queue, id, place)
      LEFT JOIN job USING (queue, id) ORDER BY place`;
  const ofState = (state: string | null): TicketState => {
    if (state === null) return 'absent';
    if (state === 'delayed') return 'delayed';
    return state === 'waiting' || state === 'active' ? state : 'dead';
  };
  const columnsOf = (jobs: readonly QueuedJob[]) => [jobs.map(({ queue }) => queue), jobs.map(({ id }) => id)];
  return {
    async withTickets(queues) {
      const sql = `SELECT DISTINCT queue FROM job WHERE state = 'waiting' AND queue = ANY($1::text[])`;
      return (await pool.query<{ queue: string }>(sql, [queues])).rows.map(({ queue }) => queue);
    },
    async orphans(queues) {
      const sql = `SELECT queue, count(*)::integer AS orphans FROM job
                    WHERE state = 'active' AND locked_until_ms < $2 AND queue = ANY($1::text[]) GROUP BY queue`;
      const { rows } = await pool.query<{ queue: string; orphans: number }>(sql, [queues, Date.now()]);
      // Of their holder, whoever that was: one that still lives has kept its lock.
      return new Map(rows.map(({ queue, orphans }) => [queue, orphans + 1]));
    },
    async remove(jobs) {
      // What BullMQ's own remove() does with a job without parent, schedule or deduplication, which it does one by one: 80 us each.
      const sql = `DELETE FROM job USING unnest($1::text[], $2::text[]) AS asked (queue, id)
                    WHERE job.queue = asked.queue AND job.id = asked.id
                      AND (lock_token IS NULL OR locked_until_ms <= $3)`;
      await inBulks(jobs, async (some) => {
        await pool.query(sql, [...columnsOf(some), Date.now()]);
        return [];
      });
    },
    async keepFewEvents(queues) {
      const sql = `INSERT INTO meta (queue, field, value) SELECT queue, 'opts.maxLenEvents', $2
                     FROM unnest($1::text[]) AS q (queue) ORDER BY queue ON CONFLICT DO NOTHING`;
      await inBulks(queues, async (some) => {
        await pool.query(sql, [some, String(eventsKept)]);
        return [];
      });
    },
    async standing(queues) {
      const rows = await inBulks(queues, async (some) => {
        return (await pool.query<QueueStanding & { queue: string }>(standingSql, [some])).rows;
      });
      return new Map(rows.map(({ queue, ...standing }) => [queue, standing]));
    },
    states: (jobs) =>
      inBulks(jobs, async (some) => {
        const { rows } = await pool.query<{ state: string | null }>(statesSql, columnsOf(some));
        return rows.map(({ state }) => ofState(state));
      }),
  };
}

export function lookOnRedis(redis: Redis, onError: (error: Error) => void): QueueLook {
  const key = (queue: string, what: string): string => `bull:${queue}:${what}`;
  /** The answers to `width` commands for each item. */
  const ask = async <T>(items: readonly T[], commands: (item: T) => [string, ...string[]][]): Promise<unknown[][]> =>
    inBulks(items, async (some) => {
      const asked = some.map(commands);
      const answers = (await redis.pipeline(asked.flat()).exec()) ?? [];
      const values = answers.map(([error, value]) => {
        if (error) throw error;
        return value;
      });
      return asked.map(({ length }) => values.splice(0, length));
    });
  // A view of our connection, made when it is wanted: it waits for the server by itself.
  let view: IQueueBackend | undefined;
  const backend = () => (view ??= createRedisBackend('tickets', { connection: redis }).on('error', onError));
  /** Those of these queues of which one of the lists is there. EXISTS counts, so that a thousand idle ones are one answer. */
  const having = async (queues: readonly string[], ...lists: string[]): Promise<string[]> => {
    const groups = await inBulks(queues, async (some) => {
      const keys = some.flatMap((queue) => lists.map((list) => key(queue, list)));
      return (await redis.exists(keys)) > 0 ? [...some] : [];
    });
    if (groups.length === 0) return [];
    const answers = await ask(groups, (queue) => [['exists', ...lists.map((list) => key(queue, list))]]);
    return groups.filter((_, index) => answers[index]?.[0] !== 0);
  };
  return {
    withTickets: (queues) => having(queues, 'prioritized', 'wait'),
    async orphans(queues) {
      const active = await having(queues, 'active');
      const counts = await ask(active, (queue) => [['llen', key(queue, 'active')]]);
      return new Map(active.map((queue, index) => [queue, Number(counts[index]?.[0])]));
    },
    async remove(jobs) {
      await inBulks(jobs, (some) =>
        Promise.all(some.map(({ queue, id }) => backend().forQueue(queue).remove(id, false))),
      );
    },
    async keepFewEvents(queues) {
      await ask(queues, (queue) => [['hsetnx', key(queue, 'meta'), 'opts.maxLenEvents', String(eventsKept)]]);
    },
    async standing(queues) {
      const answers = await ask(queues, (queue) => [
        ['llen', key(queue, 'wait')],
        ['llen', key(queue, 'paused')],
        ['zcard', key(queue, 'prioritized')],
        ['zcard', key(queue, 'delayed')],
        ['llen', key(queue, 'active')],
        ['hexists', key(queue, 'meta'), 'paused'],
      ]);
      return new Map(
        answers.map((values, index): [string, QueueStanding] => {
          const [wait = 0, held = 0, prioritized = 0, delayed = 0, active = 0, paused = 0] = values.map(Number);
          return [queues[index] ?? '', { waiting: wait + held + prioritized + delayed, active, paused: paused === 1 }];
        }),
      );
    },
    async states(jobs) {
      const answers = await ask(jobs, ({ queue, id }) => [
        ['exists', key(queue, id)],
        ['zscore', key(queue, 'delayed'), id],
        ['lpos', key(queue, 'active'), id],
        ['zscore', key(queue, 'prioritized'), id],
        ['lpos', key(queue, 'wait'), id],
        ['lpos', key(queue, 'paused'), id],
      ]);
      return answers.map(([exists, delayed, active, ...lists]) => {
        const waiting = lists.some((place) => place !== null);
        if (exists !== 1) return waiting || active !== null || delayed !== null ? 'dead' : 'absent';
        if (delayed !== null) return 'delayed';
        if (active !== null) return 'active';
        return waiting ? 'waiting' : 'dead';
      });
    },
  };
}

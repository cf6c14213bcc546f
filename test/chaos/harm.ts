import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { FaultKind } from './fault-kinds.js';
import type { Fleet } from './fleet.js';
import * as queue from './queue-harm.js';
import type { Fault } from './schedule.js';

/** Does the harm, waits as long as it lasts, and undoes it. */
type Harm = (fleet: Fleet, fault: Fault, hostIds: readonly string[]) => Promise<void>;

const killed: Harm = async (fleet, { target, forMs }) => {
  await fleet.daemon(target).kill();
  await pause(forMs);
  fleet.daemon(target).start();
};

const frozen: Harm = async (fleet, { target, forMs }) => {
  const daemon = fleet.daemon(target);
  daemon.freeze();
  await pause(forMs);
  daemon.thaw();
};

const restarted: Harm = async (fleet, { target, forMs }) => {
  await fleet.stopOne(target);
  await pause(forMs);
  fleet.daemon(target).start();
};

const stopped: Harm = async ({ postgres }, { forMs }) => {
  await postgres.stop();
  await pause(forMs);
  await postgres.startAgain();
};

const crowded =
  (workerId: (worker: string) => string): Harm =>
  async (fleet, { target, forMs }) => {
    const rival = fleet.rivalOf(target, workerId(target));
    rival.start();
    await pause(forMs);
    await rival.kill();
  };

const cutAll = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('coordinator', 'worker')`;

/** Sessions that append: one that is stopped in the middle of other writing keeps no event from the feed. */
const appending = `SELECT pid FROM pg_stat_activity
  WHERE usename IN ('coordinator', 'worker') AND backend_xid IS NOT NULL AND query ~ '(worker_append|append_events)'`;
/** An append takes milliseconds, so that it may have ended by the time that the process stops. */
const triesToCatch = 400;

/** Stops a session that appends and has not committed. @returns its process. @throws when none was met. */
async function catchAppending(client: pg.Client): Promise<number> {
  for (let tries = 0; tries < triesToCatch; tries += 1) {
    const [some] = (await client.query<{ pid: number }>(appending)).rows;
    if (some === undefined) continue;
    try {
      process.kill(some.pid, 'SIGSTOP');
    } catch {
      continue; // its session has ended
    }
    const { rowCount } = await client.query(`${appending} AND pid = $1`, [some.pid]);
    if (rowCount === 1) return some.pid;
    process.kill(some.pid, 'SIGCONT');
  }
  throw new Error('no session was met while it appended');
}

/** By login, how it holds the fleet up. */
const openSessions = [
  ['worker', 'LOCK TABLE bullmq.job IN EXCLUSIVE MODE'],
  ['reader', 'SELECT pg_current_xact_id()'],
] as const;

const harms: Record<FaultKind, Harm> = {
  'coordinator-killed': killed,
  'coordinator-frozen': frozen,
  'worker-killed': killed,
  'worker-frozen': frozen,
  'connections-cut': async ({ postgres }) => {
    await postgres.asAdmin((client) => client.query(cutAll));
  },
  'backend-frozen': ({ postgres }, { forMs }) =>
    postgres.asAdmin(async (client) => {
      const pid = await catchAppending(client);
      await pause(forMs);
      process.kill(pid, 'SIGCONT');
    }),
  'answers-lost': async (fleet, { target, forMs }) => {
    const wire = fleet.wires.get(target);
    wire?.loseAnswers();
    await pause(forMs);
    wire?.breakAll();
  },
  'half-open': async (fleet, { target }) => {
    fleet.wires.get(target)?.forgetAll();
    await Promise.resolve();
  },
  'coordinator-restarted': restarted,
  'worker-restarted': restarted,
  'postgres-slow': async (fleet, { target, forMs }) => {
    const wire = fleet.wires.get(target);
    wire?.delayAnswers(200);
    await pause(forMs);
    wire?.delayAnswers(0);
  },
  'postgres-stopped': stopped,
  'postgres-away': stopped,
  'postgres-killed': async ({ postgres }, { forMs }) => {
    await postgres.kill();
    await pause(forMs);
    await postgres.startAgain();
  },
  'session-open': async ({ postgres, options }, { forMs }) => {
    const [login, hold] = openSessions[forMs % 2 === 0 && options.queue === 'postgres' ? 0 : 1];
    const client = new pg.Client({ connectionString: postgres.loginUrl(login) });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query(`SET idle_in_transaction_session_timeout = 0; BEGIN; ${hold}`);
      await pause(forMs);
    } finally {
      await client.end();
    }
  },
  'queue-flushed': (fleet) => queue.flushQueue(fleet),
  'tickets-lost': (fleet, _, hostIds) => queue.loseTickets(fleet, hostIds),
  'queue-paused': async (fleet, { forMs }, hostIds) => {
    await queue.pauseQueues(fleet, hostIds);
    await pause(forMs);
    await queue.resumeQueues(fleet, hostIds);
  },
  'redis-killed': killed,
  'redis-frozen': frozen,
  'clock-stepped': async (fleet, { target, forMs, stepMs }) => {
    await fleet.daemon(target).setClock(stepMs);
    await pause(forMs);
    await fleet.daemon(target).setClock(0);
  },
  'worker-twin': crowded((worker) => worker),
  'worker-rival': crowded((worker) => `${worker}-rival`),
  'ticket-hash-lost': (fleet) => queue.loseHashes(fleet),
  'queue-left-paused': (fleet, _, hostIds) => queue.pauseQueues(fleet, hostIds),
  'ticket-delayed': (fleet, _, hostIds) => queue.delayTickets(fleet, hostIds),
  'ticket-left-failed': (fleet, _, hostIds) => queue.failTickets(fleet, hostIds),
};

/** What could not be undone at first, because something else was broken as well, is tried so often. */
const tries = 40;
const retryMs = 500;

/** Lets one fault happen. @returns what came in its way, for the report; the fault may then not have struck. */
export async function strike(fleet: Fleet, fault: Fault, hostIds: readonly string[]): Promise<string | null> {
  try {
    await harms[fault.kind](fleet, fault, hostIds);
    return null;
  } catch (error) {
    return `${fault.kind} ${fault.target}: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** Everything as it should be: all processes run and none is frozen, clocks are right, the queue is not paused. */
export async function heal(fleet: Fleet, hostIds: readonly string[], leavePaused: boolean): Promise<void> {
  await fleet.postgres.startAgain();
  for (const daemon of fleet.daemons.values()) {
    daemon.thaw();
    daemon.start();
    await daemon.setClock(0);
  }
  for (const wire of fleet.wires.values()) wire.breakAll();
  if (leavePaused) return;
  for (let left = tries; ; left -= 1) {
    try {
      return await queue.resumeQueues(fleet, hostIds);
    } catch (error) {
      if (left === 0) throw error;
      await pause(retryMs);
    }
  }
}

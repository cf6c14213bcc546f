import { contractVersion, reservedLabelNotes } from '#contracts';
import { seldom } from '#logging';
import { openQueue, RunLanes } from '#queue';
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { LiveAttempts } from './attempt/live-attempts.js';
import type { AttemptContext, AttemptLog, WorkerHost } from './attempt/attempt-context.js';
import { runAttempt } from './attempt/run-attempt.js';
import { CaptureRoom } from './capture/read-ahead.js';
import type { Coordinator } from './coordinator/coordinator-client.js';
import { keepHeartbeat } from './coordinator/heartbeat.js';
import { Hearing } from './coordinator/hearing.js';
import { register } from './coordinator/registration.js';
import { MachineLock } from './gate/machine-lock.js';
import { MeasurementGate } from './gate/measurement-gate.js';
import { describeHost } from './hosts/serve-hosts.js';
import type { OpenStore } from './store/open-store.js';

/** How long attempts may go on after a stop was asked for, and again to say farewell; both within the 5 s promised. */
const graceMs = 1_500;
const farewellMs = 1_200;
/** A connection that hangs is given up after this long; an append normally takes milliseconds. */
const tryLimitMs = 10_000;
/** How long an attempt outlives the store: longer than a restart or failover of PostgreSQL takes. */
const outageLimitMs = 600_000;
/** Which of the two is the wrong one nobody here can tell. */
const otherDatabase =
  'the coordinator registered this worker, and the database at DATABASE_URL does not know it: the coordinator has another database; correct the one that is wrong, here or there';
/** For the captured bytes of all attempts that wait for the store: 64 MB are 6.6 million simulated faults (9.6 bytes each). */
const captureRoomBytes = 64_000_000;

export interface WorkerOptions {
  workerId: string;
  instanceId: string;
  /** The operator says that hosts may have become other machines. */
  replace?: boolean;
  hosts: readonly WorkerHost[];
  queueUrl: string;
  store: OpenStore;
  coordinator: Coordinator;
  log: AttemptLog;
  outageLimitMs?: number;
  /** The coordinator refused this worker for good while it was running. */
  onRefused: (error: Error) => void;
}

export interface RunningWorker {
  /** Whether an attempt is under way. */
  works(): boolean;
  /** Takes no more tickets, and returns when the runs under way have ended or `limitMs` have passed; goes on with its heartbeats. */
  drain(limitMs: number): Promise<void>;
  /** Takes no more tickets, lets attempts finish for a moment, abandons what is left; within 5 s. */
  stop(): Promise<void>;
}

/**
 * Registers the hosts, then takes their tickets until stopped.
 *
 * @throws RefusedByCoordinatorError when the coordinator refuses this worker.
 */
export async function startWorker(options: WorkerOptions, starting: AbortSignal): Promise<RunningWorker> {
  const { workerId, instanceId, replace = false, hosts, queueUrl, store, coordinator, log, onRefused } = options;
  const stopping = new AbortController();
  const sessionId = randomUUID();
  const { tokenHash } = store;
  const described = hosts.map(describeHost);
  for (const { hostId, labels } of described) for (const note of reservedLabelNotes(labels)) log.warn({ hostId }, note);
  const registration = { contractVersion, instanceId, sessionId, replace, tokenHash, hosts: described } as const;
  const tellStranger = seldom((error, _, untold) => log.error({ untold, error: (error as Error).message }, 'waiting'));
  const introduce = async (signal: AbortSignal): ReturnType<typeof register> => {
    for (;;) {
      store.forget();
      const reply = await register(coordinator, registration, signal, (error, tries) =>
        log.warn({ tries, error: error.message }, 'the coordinator does not register this worker yet; trying again'),
      );
      if (!(await store.isStranger())) return reply;
      tellStranger(new Error(otherDatabase));
      await pause(reply.heartbeatMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  };

  const { heartbeatMs, leaseMs, removed = [] } = await introduce(starting);
  if (removed.length > 0)
    log.warn(
      { hosts: removed },
      'removed from the fleet: they get no runs until somebody restores them (xf hosts restore)',
    );
  const live = new LiveAttempts();
  const hearing = new Hearing(leaseMs);
  const context: AttemptContext = {
    workerId,
    store,
    gate: new MeasurementGate(new MachineLock({ holder: `worker ${workerId}, pid ${process.pid}` })),
    live,
    mayStart: (signal) => hearing.current(signal),
    log,
    newNonce: () => randomBytes(4).toString('hex'),
    room: new CaptureRoom(captureRoomBytes),
    giveUpAfterMs: options.outageLimitMs ?? outageLimitMs,
    tryLimitMs,
    farewellMs,
  };
  const queue = openQueue(
    { url: queueUrl, onError: (error) => log.warn({ err: error }, 'the queue reports trouble') },
    'lanes',
  );
  // What breaks one lane breaks all of them at once, when the database is restarted for example.
  const laneTrouble = seldom((error, hostId, untold) =>
    log.error({ hostId, untold, err: error }, 'the lane reports trouble'),
  );
  const byId = new Map(hosts.map((host) => [host.hostId, host]));
  const lanes = new RunLanes({
    connection: queue,
    hostIds: [...byId.keys()],
    handle: async (ticket, signal) => {
      const host = byId.get(ticket.hostId);
      if (host === undefined) throw new Error(`ticket of ${ticket.hostId}, which this worker does not serve`);
      await runAttempt(ticket, host, context, signal);
    },
    onError: (error, hostId) => laneTrouble(error, hostId),
  });
  lanes.start();
  const heart = keepHeartbeat({
    coordinator: { ...coordinator, heartbeat: (...about) => hearing.of(() => coordinator.heartbeat(...about)) },
    instanceId,
    sessionId,
    hosts: hosts.map(({ hostId }) => hostId),
    live,
    intervalMs: heartbeatMs,
    signal: stopping.signal,
    registerAgain: () => introduce(stopping.signal),
    onChange: (error) =>
      error === null
        ? log.info({}, 'heartbeats get through again')
        : log.warn({ error: error.message }, 'heartbeats do not get through'),
  }).catch(onRefused);
  log.info({ workerId, hosts: hosts.map(({ hostId }) => hostId) }, 'worker takes tickets');

  return {
    works: () => live.list().length > 0,
    drain: (limitMs) => lanes.drain(limitMs),
    stop: async () => {
      await lanes.close({ graceMs });
      stopping.abort();
      await Promise.all([heart, queue.close(), store.close()]);
    },
  };
}

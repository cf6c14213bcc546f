/** What a fault is aimed at. `queue` is wherever the tickets lie; `redis` is a server of its own. */
export type TargetKind = 'coordinator' | 'worker' | 'postgres' | 'queue' | 'redis';

export interface FaultKindTraits {
  targets: readonly TargetKind[];
  /** How often it is drawn beside the others; 0: only when it is asked for. */
  weight: number;
  /** How long it lasts, ms: until the process is started or woken again, the queue resumed, the clock set right. */
  forMs: readonly [from: number, to: number];
  /**
   * False where an attempt under way must survive it: then a schedule of such kinds alone may not cost a single
   * attempt. True also where it depends on how long the fault lasts.
   */
  mayCostAttempts: boolean;
}

/** Declared once: a new kind is an entry here and an act in harm.ts, which the compiler asks for. */
export const faultKinds = {
  /** kill -9, started again. */
  'coordinator-killed': { targets: ['coordinator'], weight: 3, forMs: [100, 4_000], mayCostAttempts: true },
  /** SIGSTOP, SIGCONT. */
  'coordinator-frozen': { targets: ['coordinator'], weight: 2, forMs: [500, 14_000], mayCostAttempts: true },
  'worker-killed': { targets: ['worker'], weight: 3, forMs: [100, 4_000], mayCostAttempts: true },
  'worker-frozen': { targets: ['worker'], weight: 3, forMs: [500, 16_000], mayCostAttempts: true },
  /** pg_terminate_backend of every session of the fleet. */
  'connections-cut': { targets: ['postgres'], weight: 2, forMs: [0, 0], mayCostAttempts: false },
  /** A session of the fleet is stopped in the middle of an append: it commits late. */
  'backend-frozen': { targets: ['postgres'], weight: 2, forMs: [300, 2_500], mayCostAttempts: false },
  /** What PostgreSQL is told arrives; what it answers does not; then the connections break. */
  'answers-lost': { targets: ['coordinator', 'worker'], weight: 3, forMs: [50, 400], mayCostAttempts: false },
  /** Connections to PostgreSQL go silent for good, and neither end is told; new ones work. */
  'half-open': { targets: ['coordinator', 'worker'], weight: 0, forMs: [0, 0], mayCostAttempts: true },
  /** SIGTERM, and started again when it has ended, as an upgrade does with one after the other. */
  'coordinator-restarted': { targets: ['coordinator'], weight: 0, forMs: [100, 2_000], mayCostAttempts: false },
  'worker-restarted': { targets: ['worker'], weight: 0, forMs: [100, 2_000], mayCostAttempts: true },
  /** Each answer of PostgreSQL comes a fifth of a second late. */
  'postgres-slow': { targets: ['coordinator', 'worker'], weight: 0, forMs: [2_000, 15_000], mayCostAttempts: false },
  /** A fast shutdown. */
  'postgres-stopped': { targets: ['postgres'], weight: 1, forMs: [500, 8_000], mayCostAttempts: true },
  /** The same for a minute, as when a server restarts or a cluster fails over: what was measured is kept and stored later. */
  'postgres-away': { targets: ['postgres'], weight: 0, forMs: [60_000, 60_000], mayCostAttempts: false },
  /** kill -9 of the postmaster; it recovers from its log. */
  'postgres-killed': { targets: ['postgres'], weight: 1, forMs: [100, 4_000], mayCostAttempts: true },
  /**
   * A session that is left open, with its login's timeouts off: a worker's that locks a table of the queue, or a
   * reader's with a transaction id, which the feed waits for. Beyond 10 s a coordinator ends it.
   */
  'session-open': { targets: ['postgres'], weight: 2, forMs: [1_000, 20_000], mayCostAttempts: false },
  'queue-flushed': { targets: ['queue'], weight: 2, forMs: [0, 0], mayCostAttempts: false },
  /** About half of the waiting tickets are gone. */
  'tickets-lost': { targets: ['queue'], weight: 2, forMs: [0, 0], mayCostAttempts: false },
  'queue-paused': { targets: ['queue'], weight: 1, forMs: [1_000, 8_000], mayCostAttempts: false },
  /** kill -9 and an empty one in its place. */
  'redis-killed': { targets: ['redis'], weight: 2, forMs: [100, 4_000], mayCostAttempts: false },
  'redis-frozen': { targets: ['redis'], weight: 1, forMs: [500, 8_000], mayCostAttempts: false },
  /** The wall clock of a process is up to an hour off, then right again; its monotonic clock runs on. */
  'clock-stepped': { targets: ['coordinator', 'worker'], weight: 1, forMs: [2_000, 12_000], mayCostAttempts: true },
  /** A second process with the same WORKER_ID and the same hosts, killed at the end. */
  'worker-twin': {
    targets: ['worker'],
    weight: 1,
    forMs: [4_000, 10_000],
    mayCostAttempts: true,
  },
  /** A process with another WORKER_ID and the same hosts, killed at the end. It is refused while the owner lives. */
  'worker-rival': { targets: ['worker'], weight: 1, forMs: [4_000, 10_000], mayCostAttempts: true },
  /** The job behind a waiting ticket is gone, its id still stands in the list. */
  'ticket-hash-lost': {
    targets: ['redis'],
    weight: 1,
    forMs: [0, 0],
    mayCostAttempts: false,
  },
  /** Paused, and nobody resumes it but the fleet. */
  'queue-left-paused': {
    targets: ['queue'],
    weight: 1,
    forMs: [0, 0],
    mayCostAttempts: false,
  },
  /** A waiting ticket becomes one that is due in an hour, under the same id. */
  'ticket-delayed': {
    targets: ['queue'],
    weight: 1,
    forMs: [0, 0],
    mayCostAttempts: false,
  },
  /** A waiting ticket becomes one that has failed, under the same id. */
  'ticket-left-failed': {
    targets: ['queue'],
    weight: 1,
    forMs: [0, 0],
    mayCostAttempts: false,
  },
} as const satisfies Record<string, FaultKindTraits>;

export type FaultKind = keyof typeof faultKinds;
export const faultKindNames = Object.keys(faultKinds) as FaultKind[];

export function traitsOf(kind: FaultKind): FaultKindTraits {
  return faultKinds[kind];
}

// What an attempt works with, and what may become of it.
import type { BootState, Labels } from '#contracts';
import type { CaptureRoom } from '../capture/read-ahead.js';
import type { Executor } from '../executors/executor.js';
import type { MeasurementGate } from '../gate/measurement-gate.js';
import type { LiveAttempts } from './live-attempts.js';
import type { RunStore } from './run-log.js';

/** A host as this worker serves it. */
export interface WorkerHost {
  hostId: string;
  labels: Labels;
  bootState: BootState;
  executors: readonly Executor[];
}

export interface AttemptLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface AttemptContext {
  workerId: string;
  store: RunStore;
  gate: MeasurementGate;
  live: LiveAttempts;
  /** Returns when this worker knows that its hosts are its own; throws the signal's reason. */
  mayStart: (signal: AbortSignal) => Promise<void>;
  log: AttemptLog;
  newNonce: () => string;
  /** Holds what was captured and could not be appended yet. */
  room: CaptureRoom;
  /**
   * How long to try when PostgreSQL does not answer. May be longer than a lease: while nobody reaches it no lease runs
   * out, and when only this worker does not, its heartbeats keep the lease.
   */
  giveUpAfterMs: number;
  /** How long one append may take. */
  tryLimitMs: number;
  /** How long to try to tell the store that an attempt was stopped. */
  farewellMs: number;
}

/** What became of a ticket. All but `stopped-waiting` stand in the store or change nothing there. */
export type AttemptOutcome = 'completed' | 'failed' | 'abandoned' | 'stale' | 'superseded' | 'stopped-waiting';

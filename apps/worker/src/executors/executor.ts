import type {
  BootState,
  Evidence,
  Failure,
  Guest,
  KernelSeries,
  Probe,
  Provenance,
  ServedExecutorName,
} from '#contracts';

/** What one attempt asks of an executor. */
export interface ExecutionRequest {
  probe: Probe;
  /** Measured faults or calls. */
  faults: number;
  /** Unrecorded ones before the first measured. */
  warmup: number;
  /** Marks this attempt's kernel-log lines. */
  nonce: string;
  /** Seed of simulated noise; executors that measure ignore it. */
  seed: number;
  timeoutMs: number;
  /** The guest to boot instead of the host's own; only executor vm is ever asked. */
  guest?: Guest | undefined;
}

/**
 * Why an attempt can give no result, with what the operator can do about it. Becomes RunFailed, so it is for what
 * another attempt would not help; anything else that is thrown is a bug or an outage and leaves the attempt to its lease.
 */
export class ExecutionError extends Error {
  override readonly name = 'ExecutionError';
  /** @param bootState what was to be booted, where that is not the host's own boot state */
  constructor(
    readonly failure: Failure,
    readonly bootState?: BootState,
  ) {
    super(`${failure.code}: ${failure.message}`);
  }
}

/** An attempt made ready: all that is known about it before the first fault. */
export interface Execution {
  /** Boot state of exactly this attempt: the host's, or the guest's that was booted for it, with the extra facts. */
  bootState: BootState;
  provenance: Provenance;
  /** What that rests on; a simulated run needs none. */
  evidence?: Evidence;
  /** The host's CPU that it is pinned to; null where it is pinned to none, or to a guest's own. */
  pinnedCpu: number | null;
  /** Which boot of the machine, or of the guest, it runs in; null or left out where boots mean nothing or can't be told apart. */
  bootId?: string | null;
  /**
   * Runs, and yields the captured kernel-log bytes as they come, no faster than they are taken. Called at most once.
   * Ends after the log's last byte; throws ExecutionError when the run failed. Aborting the signal given to `prepare`
   * ends it too, soon, with or without an error. When it has ended, by return or throw, nothing of the run is left.
   */
  execute(): AsyncIterable<Uint8Array>;
  /** Takes back what `prepare` has set up when `execute` is not going to be called. */
  discard(): Promise<void>;
}

/** One way to measure. Stateless between attempts but for caches. */
export interface Executor {
  readonly name: ServedExecutorName;
  readonly probes: readonly Probe[];
  /** What its figures are, as announced to the coordinator; the execution's own word counts for the run. */
  readonly provenance: Provenance;
  /** Series of kernels that it has an image of, when it boots guests. */
  readonly series?: readonly KernelSeries[];
  prepare(request: ExecutionRequest, signal: AbortSignal): Promise<Execution>;
}

// The one place where a ticket becomes events.
import { CaptureBatcher, type Captured, captureCommands, unbelievable } from '#capture';
import { deriveLabels, evidenced, provenanceUnseen, type Failure, type RunTicket } from '#contracts';
import { createLogReader, parserVersion } from '#dmesg';
import { observed, Refused, type RunRequest } from '#lifecycle';
import { samplesInconsistent, SequenceTally } from '#samples';
import { readAhead } from '../capture/read-ahead.js';
import { ExecutionError, type Execution, type Executor } from '../executors/executor.js';
import type { AttemptContext, AttemptOutcome, WorkerHost } from './attempt-context.js';
import { AttemptStopped } from './attempt-stopped.js';
import { CommitsBehind } from './commits-behind.js';
import { executorBroken, notServed, probeNotServed, storableFailure } from './failures.js';
import type { Persistence } from './persistently.js';
import { RunLog, SupersededError, type WorkerCommand } from './run-log.js';
import { storable } from './storable.js';

/**
 * Works on one ticket from its start to its end.
 *
 * @throws StoreUnreachableError when PostgreSQL stayed away; the lease runs out and the coordinator queues it again.
 */
export function runAttempt(
  ticket: RunTicket,
  host: WorkerHost,
  context: AttemptContext,
  stopping: AbortSignal,
): Promise<AttemptOutcome> {
  return context.live.during(ticket.runId, ticket.attempt, stopping, (signal) =>
    new Attempt(ticket, host, context, signal).run(),
  );
}

function bytesIn(captured: readonly Captured[]): number {
  return captured.reduce((sum, item) => sum + (item.kind === 'batch' ? item.raw.length : 0), 0);
}

class Attempt {
  private readonly persistence: Omit<Persistence, 'isPermanent'>;
  /** Ends the execution when its bytes are no longer wanted. */
  private readonly leaving = new AbortController();
  private readonly facts: { runId: string; attempt: number; hostId: string; correlationId: string };

  constructor(
    private readonly ticket: RunTicket,
    private readonly host: WorkerHost,
    private readonly context: AttemptContext,
    private readonly signal: AbortSignal,
  ) {
    const { runId, attempt, correlationId } = ticket;
    this.facts = { runId, attempt, hostId: host.hostId, correlationId };
    this.persistence = {
      giveUpAfterMs: context.giveUpAfterMs,
      tryLimitMs: context.tryLimitMs,
      signal,
      onRetry: (error, tries) => {
        // Tries 1, 2, 4, 8 …: a long outage is no reason to fill the log.
        if (!Number.isInteger(Math.log2(tries))) return;
        context.log.warn({ ...this.facts, tries, error: error.message }, 'the store does not answer; trying again');
      },
    };
  }

  async run(): Promise<AttemptOutcome> {
    try {
      const runLog = await this.open(this.persistence);
      const request = this.requestOf(runLog);
      if (request === null) {
        this.context.log.info(this.facts, 'stale ticket dropped');
        return 'stale';
      }
      const executor = this.host.executors.find(({ name }) => name === request.executor);
      // Waiting does not hold the attempt: it starts only once it may.
      const pass = this.context.gate.pass(executor?.provenance ?? 'simulated', this.signal, () =>
        this.measure(runLog, request, executor),
      );
      return await pass.catch((error: unknown) => {
        if (error instanceof ExecutionError) return this.refuse(runLog, request, executor, error);
        throw error;
      });
    } catch (error) {
      if (error instanceof SupersededError || error instanceof Refused) {
        this.context.log.warn({ ...this.facts, error: error.message }, 'superseded; what it measured is dropped');
        return 'superseded';
      }
      if (error instanceof AttemptStopped) return await this.abandon(error.why);
      throw error;
    }
  }

  private open(persistence: Omit<Persistence, 'isPermanent'>): Promise<RunLog> {
    const actor = `worker:${this.context.workerId}`;
    const { runId, correlationId } = this.ticket;
    return RunLog.open(this.context.store, runId, { correlationId, actor }, persistence);
  }

  /** What to measure, or null when this ticket is not the one to follow. */
  private requestOf({ run }: RunLog): RunRequest | null {
    if (run.state !== 'queued' || run.request.attempt !== this.ticket.attempt) return null;
    return run.request.hostId === this.host.hostId ? run.request : null;
  }

  private async measure(runLog: RunLog, request: RunRequest, executor: Executor | undefined): Promise<AttemptOutcome> {
    const nonce = this.context.newNonce();
    const prepared = await this.prepare(request, nonce, executor);
    if (prepared instanceof ExecutionError) return await this.refuse(runLog, request, executor, prepared);
    try {
      // Stopped or cut off for a lease, in the queue or at the gate, this worker may have lost its hosts meanwhile.
      await this.context.mayStart(this.signal);
      const started = await this.start(runLog, nonce, prepared);
      await runLog.commit([{ command: started }], this.persistence);
    } catch (error) {
      await prepared.discard();
      throw error;
    }
    return await this.capture(runLog, request, nonce, prepared);
  }

  private async prepare(
    request: RunRequest,
    nonce: string,
    executor: Executor | undefined,
  ): Promise<Execution | ExecutionError> {
    if (executor === undefined) return notServed(request.executor, this.host);
    if (!executor.probes.includes(request.probe)) return probeNotServed(request.probe, executor);
    const { probe, faults, warmup, seed, timeoutMs, guest } = request;
    try {
      const signal = AbortSignal.any([this.signal, this.leaving.signal]);
      return await executor.prepare({ probe, faults, warmup, nonce, seed, timeoutMs, guest }, signal);
    } catch (error) {
      return this.executionError(error);
    }
  }

  /** The run fails before anything was measured. */
  private async refuse(
    runLog: RunLog,
    request: RunRequest,
    executor: Executor | undefined,
    { failure, bootState = this.host.bootState }: ExecutionError,
  ): Promise<AttemptOutcome> {
    const provenance = executor?.provenance ?? provenanceUnseen(request.executor);
    const seen = { bootState, provenance, pinnedCpu: null };
    const started = await this.start(runLog, this.context.newNonce(), seen);
    return this.commitFailure(runLog, [{ command: started }], failure);
  }

  /** The command that starts this attempt; the boot state that it names is stored. */
  private async start(
    runLog: RunLog,
    nonce: string,
    seen: Pick<Execution, 'bootState' | 'provenance' | 'evidence' | 'pinnedCpu' | 'bootId'>,
  ): Promise<WorkerCommand['command']> {
    // Before the hash, so that it is the hash of what is stored.
    const { bootState, provenance: said, evidence, pinnedCpu, bootId = null } = storable(seen);
    const provenance = evidenced(said, evidence);
    const facts = observed(bootState);
    await runLog.observe(facts, this.persistence);
    return {
      type: 'start',
      attempt: this.ticket.attempt,
      data: {
        workerId: this.context.workerId,
        nonce,
        provenance,
        ...(evidence === undefined ? {} : { evidence }),
        pinnedCpu,
        bootId,
        labels: deriveLabels(this.host.hostId, this.host.labels, bootState, provenance),
        bootStateHash: facts.bootStateHash,
      },
    };
  }

  private async capture(
    runLog: RunLog,
    request: RunRequest,
    nonce: string,
    execution: Execution,
  ): Promise<AttemptOutcome> {
    const commit = (commands: WorkerCommand[]): Promise<void> => runLog.commit(commands, this.persistence);
    const commits = new CommitsBehind(commit, this.context.room, () => this.leaving.abort());
    try {
      return await this.follow(runLog, commits, request, nonce, execution);
    } finally {
      await commits.leave();
    }
  }

  /** Follows the execution's log. What it gives is committed meanwhile; bytes that come faster wait in memory. */
  private async follow(
    runLog: RunLog,
    commits: CommitsBehind,
    request: RunRequest,
    nonce: string,
    execution: Execution,
  ): Promise<AttemptOutcome> {
    const { attempt } = this.ticket;
    const reader = createLogReader({ nonce, probe: request.probe });
    const batcher = new CaptureBatcher(reader);
    const tally = new SequenceTally(request.faults);
    const pack = (captured: Captured[]) => captureCommands(attempt, request.probe, captured, tally);
    const now = () => ({ ms: performance.now(), at: this.context.store.now() });
    const begun = now();
    // Its bytes may wait long for a store that does not answer.
    let ended = begun;
    const log = this.bytesOf(execution, () => (ended = now()));
    let rawBytes = 0;
    let failed: ExecutionError | null = null;
    try {
      for await (const bytes of readAhead(log, this.context.room, () => this.leaving.abort())) {
        rawBytes += bytes.length;
        const captured = batcher.push(bytes);
        if (captured.length > 0) await commits.handOver(pack(captured), bytesIn(captured));
        this.signal.throwIfAborted();
      }
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      failed = error;
    }
    this.signal.throwIfAborted();
    // What was captured before a failure is kept too: it is what the operator has to go by.
    const rest = (await Promise.all([commits.end(), pack(batcher.end())])).flat();
    const durationMs = Math.round(ended.ms - begun.ms);
    const accounting = reader.accounting();
    const { samples, lost, rejected, damagedLines, overheadCycles } = accounting;
    const failure =
      failed?.failure ??
      unbelievable(accounting, request.faults) ??
      samplesInconsistent(tally, { faults: request.faults, samples, lost, rejected });
    if (failure !== null) return await this.commitFailure(runLog, rest, failure, ended.at);
    const counts = { faults: request.faults, lost, rejected, damagedLines, overheadCycles, rawBytes, durationMs };
    const data = { ...counts, parserVersion };
    const completed = { command: { type: 'complete' as const, attempt, data }, occurredAt: ended.at };
    await runLog.commit([...rest, completed], this.persistence);
    this.context.log.info({ ...this.facts, samples, lost, durationMs }, 'run completed');
    return 'completed';
  }

  private async commitFailure(
    runLog: RunLog,
    before: WorkerCommand[],
    reported: Failure,
    occurredAt = this.context.store.now(),
  ): Promise<AttemptOutcome> {
    const { attempt } = this.ticket;
    const failure = storableFailure(reported);
    const failed = { command: { type: 'fail' as const, attempt, failure, parserVersion }, occurredAt };
    await runLog.commit([...before, failed], this.persistence);
    this.context.log.warn({ ...this.facts, failure }, 'run failed');
    return 'failed';
  }

  /** The executor's bytes; whatever it throws comes out as ExecutionError, so that it is distinguished from our own errors. */
  private async *bytesOf(execution: Execution, onEnd: () => void): AsyncGenerator<Uint8Array> {
    try {
      yield* execution.execute();
    } catch (error) {
      throw this.executionError(error);
    } finally {
      onEnd();
    }
  }

  private executionError(error: unknown): ExecutionError {
    this.signal.throwIfAborted();
    if (error instanceof AttemptStopped) throw error;
    if (error instanceof ExecutionError) return error;
    this.context.log.error({ ...this.facts, err: error }, 'the executor broke');
    return executorBroken(error);
  }

  /** The attempt was stopped: says so in the store when it had started. */
  private async abandon(why: AttemptStopped['why'], mayRepeat = true): Promise<AttemptOutcome> {
    const farewell = {
      ...this.persistence,
      giveUpAfterMs: this.context.farewellMs,
      tryLimitMs: this.context.farewellMs,
      signal: AbortSignal.timeout(2 * this.context.farewellMs),
    };
    const runLog = await this.open(farewell);
    const { attempt } = this.ticket;
    const { run } = runLog;
    const ours = run.state === 'started' && run.request.attempt === attempt && run.workerId === this.context.workerId;
    if (!ours) return run.state === 'queued' ? 'stopped-waiting' : 'superseded';
    const reason = why === 'revoked' ? 'cancelled' : 'worker-stopped';
    try {
      await runLog.commit([{ command: { type: 'abandon', attempt, reason } }], farewell);
    } catch (error) {
      if (!(error instanceof SupersededError)) throw error;
      // What was on its way to the store when the attempt was stopped may have arrived just now; then it is still ours.
      return mayRepeat ? await this.abandon(why, false) : 'superseded';
    }
    this.context.log.info({ ...this.facts, reason }, 'attempt abandoned');
    return 'abandoned';
  }
}

import {
  evidenced,
  provenanceFits,
  provenanceUnseen,
  type AbandonReason,
  type EventData,
  type EventMeta,
  type ExecutorName,
  type Failure,
  type Provenance,
  type RunEvent,
} from '#contracts';

/** An event of a run's stream, with its place in it. */
export type RunRecorded = RunEvent & { meta: EventMeta };

/** A run's row as far as events change it, with the executor, which its plan names. Times are ISO 8601 and of
 * what happened, but for `leased_from`; counts are of the latest attempt. */
export interface RunRow {
  run_id: string;
  executor: ExecutorName;
  state: 'planned' | 'queued' | 'started' | 'completed' | 'failed' | 'abandoned';
  attempt: number;
  stream_version: number;
  worker_id: string | null;
  provenance: string | null;
  labels: Readonly<Record<string, string>> | null;
  boot_state_hash: string | null;
  /** Tells boots under one boot state apart; null where its worker did not say. */
  boot_id: string | null;
  queued_at: string | null;
  started_at: string | null;
  /** When the start was recorded, by PostgreSQL's clock: from then on the lease counts. */
  leased_from: string | null;
  ended_at: string | null;
  samples: number;
  lost: number;
  rejected: number;
  damaged_lines: number;
  overhead_cycles: number | null;
  failure: Failure | null;
  /** Of the run's simulated noise; null until it is queued. */
  seed: number | null;
  /** Parser that samples and losses come from. */
  parser_version: number | null;
  /** Of which re-derivation the samples are; null: as the worker's parser read them. */
  samples_version: number | null;
}

/** What an attempt brought, gone when the attempt is. */
const nothingMeasured = {
  samples: 0,
  lost: 0,
  rejected: 0,
  damaged_lines: 0,
  overhead_cycles: null,
  parser_version: null,
  samples_version: null,
} as const;
const notStarted = {
  worker_id: null,
  provenance: null,
  labels: null,
  boot_state_hash: null,
  boot_id: null,
  started_at: null,
  leased_from: null,
} as const;

/** Why a run ended without a result, as the operator should read it. */
const abandonments: Record<AbandonReason, Omit<Failure, 'code'>> = {
  'lease-expired': {
    message: 'the worker of the last attempt fell silent',
    remedy: "look at the host's worker and its log, then submit the job again",
  },
  'worker-stopped': {
    message: 'the worker of the last attempt was stopped',
    remedy: 'start the worker, then submit the job again',
  },
  cancelled: { message: 'the job was cancelled', remedy: 'submit the job again if its result is still wanted' },
  'host-removed': {
    message: 'the host was removed from the fleet before the run began',
    remedy: 'submit the job on other hosts, or xf hosts restore it and submit the job again',
  },
  'attempts-exhausted': {
    message: 'every attempt was given up',
    remedy: "look at the host's worker and its log, then submit the job again",
  },
};

function abandon(row: RunRow, { attempt, reason, final }: EventData<'RunAbandoned'>, at: string): RunRow {
  if (!final) return { ...row, ...notStarted, ...nothingMeasured, state: 'planned', attempt };
  const failure = { code: reason, ...abandonments[reason] };
  return { ...row, ...nothingMeasured, state: 'abandoned', attempt, ended_at: at, failure };
}

function complete(row: RunRow, data: EventData<'RunCompleted'>, at: string): RunRow {
  return {
    ...row,
    state: 'completed',
    ended_at: at,
    samples: data.samples,
    lost: data.lost,
    rejected: data.rejected,
    damaged_lines: data.damagedLines,
    overhead_cycles: data.overheadCycles,
    parser_version: data.parserVersion,
  };
}

/**
 * Earlier releases stored whatever a worker said. What its executor can't have given, or for which there is no evidence,
 * is not repeated: then the figures are what they can only be, or unknown.
 */
function believed(executor: ExecutorName, { provenance, evidence }: EventData<'RunStarted'>): Provenance {
  if (provenanceFits(executor, provenance)) return evidenced(provenance, evidence);
  return provenanceUnseen(executor);
}

/** The run ended when it ended: only what its log says is replaced. */
function rederive(row: RunRow, { after, batches }: EventData<'RunRederived'>): RunRow {
  return {
    ...row,
    state: 'completed',
    samples: after.samples,
    lost: after.lost,
    rejected: after.rejected,
    damaged_lines: after.damagedLines,
    overhead_cycles: after.overheadCycles,
    parser_version: after.parserVersion,
    samples_version: batches > 0 ? after.parserVersion : row.samples_version,
    failure: null,
  };
}

function fail(row: RunRow, { failure, parserVersion }: EventData<'RunFailed'>, at: string): RunRow {
  return { ...row, ...nothingMeasured, state: 'failed', ended_at: at, failure, parser_version: parserVersion };
}

function changed(row: RunRow, event: RunRecorded): RunRow {
  const at = event.meta.occurredAt.toISOString();
  switch (event.type) {
    case 'RunQueued': {
      const { attempt, seed } = event.data;
      return { ...row, ...notStarted, ...nothingMeasured, state: 'queued', attempt, seed, queued_at: at };
    }
    case 'RunStarted': {
      const { workerId, bootStateHash, bootId = null } = event.data;
      const provenance = believed(row.executor, event.data);
      const labels = { ...event.data.labels, provenance };
      const started = {
        worker_id: workerId,
        provenance,
        labels,
        boot_state_hash: bootStateHash,
        boot_id: bootId,
        started_at: at,
      };
      return { ...row, ...started, leased_from: event.meta.recordedAt.toISOString(), state: 'started' };
    }
    case 'CrossingSamplesRecorded':
      return { ...row, samples: row.samples + event.data.samples };
    case 'KernelLogGapObserved':
      return row;
    case 'RunCompleted':
      return complete(row, event.data, at);
    case 'RunFailed':
      return fail(row, event.data, at);
    case 'RunRederived':
      return rederive(row, event.data);
    case 'RunAbandoned':
      return abandon(row, event.data, at);
  }
}

/** The row after an event. One that the row already stands for changes nothing, so a replay is safe. */
export function evolveRunRow(row: RunRow, event: RunRecorded): RunRow {
  if (event.meta.version <= row.stream_version) return row;
  return { ...changed(row, event), stream_version: event.meta.version };
}

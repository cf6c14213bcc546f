import type { Failure, RecordedEvent } from '#contracts';
import { jsonRowsOf, Prisma, type SamplesPlace, type Transaction } from '#event-store';
import {
  decodeSamples,
  type RunAccount,
  SampleCodecError,
  type SampleColumns,
  samplesInconsistent,
  SequenceTally,
} from '#samples';
import { ofTypes, type RecordedOf } from './heeding.js';
import { insertRows } from './insert-rows.js';
import { packedBatches } from './packed-batches.js';
import { runFigures, type RunFigures } from './run-figures.js';

/** What a completed run's results are filed under. */
interface CompletedRun extends SamplesPlace, RunAccount {
  jobId: string;
  hostId: string;
  probe: string;
  generation: string;
  virtualization: string;
  provenance: string;
  executor: string;
  /** ISO 8601. */
  endedAt: string;
  tscKhz: number | null;
}

async function completedRuns(tx: Transaction, runIds: readonly string[]): Promise<CompletedRun[]> {
  return jsonRowsOf<CompletedRun>(
    tx,
    Prisma.sql`
    SELECT run_id AS "runId", attempt, samples_version AS "samplesVersion", job_id AS "jobId", host_id AS "hostId",
           probe, provenance, executor, ended_at AS "endedAt", boot_state #>> '{cpu,generation}' AS generation,
           boot_state ->> 'virtualization' AS virtualization, (boot_state ->> 'tscKhz')::float8 AS "tscKhz", faults,
           runs.samples, lost, rejected
      FROM runs JOIN boot_states USING (boot_state_hash)
     WHERE run_id = ANY(${[...runIds]}::uuid[]) AND state = 'completed'`,
  );
}

interface StoredSamples {
  batches: SampleColumns[];
  /** Why these can't be the run's samples. */
  failure: Failure | null;
}

/** The samples that count of a run. What is wrong with them is returned, never thrown: it stays wrong. */
async function storedSamples(
  run: CompletedRun,
  packed: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<StoredSamples> {
  const batches: SampleColumns[] = [];
  const tally = new SequenceTally(run.faults);
  try {
    for await (const samples of packed) {
      const batch = decodeSamples(samples);
      tally.add(batch.seq);
      batches.push(batch);
    }
  } catch (error) {
    if (!(error instanceof SampleCodecError)) throw error;
    return { batches: [], failure: unreadable(error) };
  }
  return { batches, failure: samplesInconsistent(tally, run) };
}

function unreadable(error: SampleCodecError): Failure {
  return {
    code: 'samples-unreadable',
    message: error.message,
    remedy:
      'the stored samples of this run are damaged; have them read again from its log (xf replay), and check the store',
  };
}

/**
 * The run is shown as failed, although its worker took it for completed: it has no figures, and its job must not count
 * it. Its batches stay. One run must not hold up the read model of the whole fleet.
 */
async function failRun(tx: Transaction, runId: string, failure: Failure): Promise<void> {
  const nothingMeasured = { samples: 0, lost: 0, rejected: 0, damagedLines: 0, overheadCycles: null };
  await tx.run.update({ where: { runId }, data: { ...nothingMeasured, state: 'failed', failure } });
}

/** A row of `run_results`, as a record that JSON carries. */
function resultRow(run: CompletedRun, figures: RunFigures) {
  const { metric, summary, invalid, interrupted, histogram, stepCycles, tally } = figures;
  const { runId, jobId, hostId, probe, generation, virtualization, provenance, executor, endedAt, tscKhz } = run;
  return {
    ...{ runId, jobId, hostId, probe, generation, virtualization, provenance, executor, endedAt, tscKhz },
    metric,
    samples: summary.samples,
    invalid,
    interrupted,
    minCycles: summary.min,
    p5Cycles: summary.p5,
    p25Cycles: summary.p25,
    p50Cycles: summary.p50,
    p75Cycles: summary.p75,
    p95Cycles: summary.p95,
    p99Cycles: summary.p99,
    maxCycles: summary.max,
    meanCycles: summary.mean,
    stepCycles,
    belowP50: tally.below,
    atP50: tally.at,
    histogram: histogram.toBytes(),
  };
}

const resultColumns = {
  ...{ runId: 'uuid', metric: 'text', jobId: 'uuid', hostId: 'text', generation: 'text', virtualization: 'text' },
  ...{ provenance: 'text', executor: 'text', probe: 'text', endedAt: 'timestamptz', samples: 'bigint' },
  ...{ invalid: 'bigint', interrupted: 'bigint', minCycles: 'integer', p5Cycles: 'float8', p25Cycles: 'float8' },
  ...{ p50Cycles: 'float8', p75Cycles: 'float8', p95Cycles: 'float8', p99Cycles: 'float8', maxCycles: 'integer' },
  ...{ meanCycles: 'float8', tscKhz: 'float8', stepCycles: 'integer', belowP50: 'bigint', atP50: 'bigint' },
  histogram: 'bytea',
} satisfies Record<keyof ReturnType<typeof resultRow>, string>;

/** Events that make, replace or remove rows in `run_results`. */
export const typesWithNewResults = ['RunCompleted', 'RunRederived'] as const;
const withNewResults = ofTypes(typesWithNewResults);

/** Of each run that these events complete or derive again, whether a later parser found other samples. */
function endedRuns(events: readonly RecordedOf<(typeof typesWithNewResults)[number]>[]): Map<string, boolean> {
  const changed = new Map<string, boolean>();
  for (const { type, data } of events) {
    if (type === 'RunCompleted') changed.set(data.runId, false);
    if (type === 'RunRederived') changed.set(data.runId, data.batches > 0 || changed.get(data.runId) === true);
  }
  return changed;
}

async function haveResults(tx: Transaction, runIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ runId: string }[]>`
    SELECT DISTINCT run_id AS "runId" FROM run_results WHERE run_id = ANY(${[...runIds]}::uuid[])`;
  return new Set(rows.map(({ runId }) => runId));
}

/**
 * Figures of each run that completed, computed from the samples that count: of the attempt that completed, as the newest
 * parser read them. A run whose samples can't be read or contradict its account has none and is shown as failed. Must
 * come after the runs' and boot states' rows.
 */
export async function projectRunResults(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  const ended = endedRuns(events.filter(withNewResults));
  if (ended.size === 0) return;
  const have = await haveResults(tx, [...ended.keys()]);
  const asked = [...ended].filter(([runId, changed]) => changed || !have.has(runId)).map(([runId]) => runId);
  const runs = asked.length === 0 ? [] : await completedRuns(tx, asked);
  const rows: ReturnType<typeof resultRow>[] = [];
  for await (const [run, packed] of packedBatches(tx, runs)) {
    const { batches, failure } = await storedSamples(run, packed);
    if (failure !== null) await failRun(tx, run.runId, failure);
    else rows.push(...runFigures(batches).map((one) => resultRow(run, one)));
  }
  await tx.$executeRaw`DELETE FROM run_results WHERE run_id = ANY(${runs.map(({ runId }) => runId)}::uuid[])`;
  await insertRows(tx, 'run_results', resultColumns, rows);
}

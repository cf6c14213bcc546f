import type { Failure, RecordedEvent } from '#contracts';
import { readSamples, type SamplesPlace, type Transaction } from '#event-store';
import {
  decodeSamples,
  type RunAccount,
  SampleCodecError,
  type SampleColumns,
  samplesInconsistent,
  SequenceTally,
} from '#samples';
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
  endedAt: Date;
  tscKhz: number | null;
}

async function completedRun(tx: Transaction, runId: string): Promise<CompletedRun | undefined> {
  const [run] = await tx.$queryRaw<CompletedRun[]>`
    SELECT run_id AS "runId", attempt, samples_version AS "samplesVersion", job_id AS "jobId", host_id AS "hostId",
           probe, provenance, executor, ended_at AS "endedAt", boot_state #>> '{cpu,generation}' AS generation,
           boot_state ->> 'virtualization' AS virtualization, (boot_state ->> 'tscKhz')::float8 AS "tscKhz", faults,
           runs.samples::float8 AS samples, lost::float8 AS lost, rejected::float8 AS rejected
      FROM runs JOIN boot_states USING (boot_state_hash)
     WHERE run_id = ${runId}::uuid AND state = 'completed'`;
  return run;
}

interface StoredSamples {
  batches: SampleColumns[];
  /** Why these can't be the run's samples. */
  failure: Failure | null;
}

/** The samples that count of a run. What is wrong with them is returned, never thrown: it stays wrong. */
async function storedSamples(tx: Transaction, run: CompletedRun): Promise<StoredSamples> {
  const batches: SampleColumns[] = [];
  const tally = new SequenceTally(run.faults);
  try {
    for await (const samples of readSamples(tx, run)) {
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
    histogram: Buffer.from(histogram.toBytes()),
  };
}

/** Of each run that these events complete or derive again, whether a later parser found other samples. */
function toldOf(events: readonly RecordedEvent[]): Map<string, boolean> {
  const changed = new Map<string, boolean>();
  for (const { type, data } of events) {
    if (type === 'RunCompleted') changed.set(data.runId, false);
    if (type === 'RunRederived') changed.set(data.runId, data.batches > 0 || changed.get(data.runId) === true);
  }
  return changed;
}

/**
 * Figures of each run that completed, computed from the samples that count: of the attempt that completed, as the newest
 * parser read them. A run whose samples can't be read or contradict its account has none and is shown as failed. Must
 * come after the runs' and boot states' rows.
 */
export async function projectRunResults(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  for (const [runId, changed] of toldOf(events)) {
    const run = await completedRun(tx, runId);
    if (!run) continue;
    if (!changed && (await tx.runResult.count({ where: { runId } })) > 0) continue;
    const { batches, failure } = await storedSamples(tx, run);
    if (failure !== null) await failRun(tx, runId, failure);
    const figures = failure === null ? runFigures(batches) : [];
    await tx.runResult.deleteMany({ where: { runId } });
    await tx.runResult.createMany({ data: figures.map((one) => resultRow(run, one)) });
  }
}

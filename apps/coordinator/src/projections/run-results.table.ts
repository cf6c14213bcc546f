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
import type { LogHistogram } from '#stats';
import { runFigures, type RunFigures } from './run-figures.js';

/** What a completed run's results are filed under. */
interface CompletedRun extends SamplesPlace, RunAccount {
  jobId: string;
  hostId: string;
  generation: string;
  virtualization: string;
  provenance: string;
  endedAt: Date;
  tscKhz: number | null;
}

/** Where a result stands in the roll-ups. */
export interface ResultPlace extends Pick<CompletedRun, 'generation' | 'virtualization' | 'provenance' | 'endedAt'> {
  metric: string;
}

/** A result that was not there before, for the roll-ups. */
export interface NewResult extends ResultPlace {
  samples: number;
  histogram: LogHistogram;
}

/** What a pass did to the results, once, however often its events are replayed. */
export interface ChangedResults {
  added: NewResult[];
  /** Places of results that were replaced, came back or are gone. */
  replaced: ResultPlace[];
}

async function completedRun(tx: Transaction, runId: string): Promise<CompletedRun | undefined> {
  const [run] = await tx.$queryRaw<CompletedRun[]>`
    SELECT run_id AS "runId", attempt, samples_version AS "samplesVersion", job_id AS "jobId", host_id AS "hostId",
           provenance, ended_at AS "endedAt", boot_state #>> '{cpu,generation}' AS generation,
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

/** The samples that count of a run. What is wrong with them is told, never thrown: it stays wrong. */
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

function resultRow(run: CompletedRun, { metric, summary, invalid, interrupted, histogram }: RunFigures) {
  const { runId, jobId, hostId, generation, virtualization, provenance, endedAt, tscKhz } = run;
  return {
    ...{ runId, jobId, hostId, generation, virtualization, provenance, endedAt, tscKhz },
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
    histogram: Buffer.from(histogram.toBytes()),
  };
}

/** What these events tell of a run's samples. */
interface Told {
  /** A later parser has read the log again. */
  rederived: boolean;
  /** And found other samples. */
  changed: boolean;
}

/** Of each run that these events complete or derive again. */
function toldOf(events: readonly RecordedEvent[]): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const { type, data } of events) {
    if (type === 'RunCompleted') told.set(data.runId, { rederived: false, changed: false });
    if (type === 'RunRederived') {
      const changed = data.batches > 0 || told.get(data.runId)?.changed === true;
      told.set(data.runId, { rederived: true, changed });
    }
  }
  return told;
}

/**
 * Figures of each run that completed, computed from the samples that count: of the attempt that completed, as the newest
 * parser read them. A run whose samples can't be read or contradict its account has none and is shown as failed. Must
 * come after the runs' and boot states' rows.
 */
export async function projectRunResults(tx: Transaction, events: readonly RecordedEvent[]): Promise<ChangedResults> {
  const results: ChangedResults = { added: [], replaced: [] };
  for (const [runId, { rederived, changed }] of toldOf(events)) {
    const run = await completedRun(tx, runId);
    if (!run) continue;
    const before = await tx.runResult.findMany({ where: { runId }, select: { metric: true } });
    if (before.length > 0 && !changed) continue;
    const { batches, failure } = await storedSamples(tx, run);
    if (failure !== null) await failRun(tx, runId, failure);
    const figures = failure === null ? runFigures(batches) : [];
    await tx.runResult.deleteMany({ where: { runId } });
    await tx.runResult.createMany({ data: figures.map((one) => resultRow(run, one)) });
    if (rederived) results.replaced.push(...[...before, ...figures].map(({ metric }) => ({ ...run, metric })));
    else results.added.push(...figures.map((one) => ({ ...run, ...one, samples: one.summary.samples })));
  }
  return results;
}

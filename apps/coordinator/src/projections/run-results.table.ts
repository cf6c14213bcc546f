import type { EventData, Failure, RecordedEvent } from '#contracts';
import { readSampleBatches, type Transaction } from '#event-store';
import { decodeSamples, SampleCodecError, samplesInconsistent, SequenceTally, type SampleColumns } from '#samples';
import type { LogHistogram } from '#stats';
import { runFigures, type RunFigures } from './run-figures.js';

/** What a completed run's results are filed under. */
interface CompletedRun {
  runId: string;
  jobId: string;
  hostId: string;
  generation: string;
  virtualization: string;
  provenance: string;
  endedAt: Date;
  tscKhz: number | null;
}

/** A result that was not there before, for the roll-ups. */
export interface NewResult extends Pick<CompletedRun, 'generation' | 'virtualization' | 'provenance' | 'endedAt'> {
  metric: string;
  samples: number;
  histogram: LogHistogram;
}

async function completedRun(tx: Transaction, runId: string): Promise<CompletedRun | undefined> {
  const [run] = await tx.$queryRaw<CompletedRun[]>`
    SELECT run_id AS "runId", job_id AS "jobId", host_id AS "hostId", provenance, ended_at AS "endedAt",
           boot_state #>> '{cpu,generation}' AS generation, boot_state ->> 'virtualization' AS virtualization,
           (boot_state ->> 'tscKhz')::float8 AS "tscKhz"
      FROM runs JOIN boot_states USING (boot_state_hash)
     WHERE run_id = ${runId}::uuid AND state = 'completed'
       AND NOT EXISTS (SELECT FROM run_results WHERE run_results.run_id = runs.run_id)`;
  return run;
}

interface StoredSamples {
  batches: SampleColumns[];
  /** Why these can't be the run's samples. */
  failure: Failure | null;
}

/** The samples of the attempt that completed. What is wrong with them is told, never thrown: it stays wrong. */
async function storedSamples(tx: Transaction, data: EventData<'RunCompleted'>): Promise<StoredSamples> {
  const batches: SampleColumns[] = [];
  const tally = new SequenceTally(data.faults);
  try {
    for await (const { samples } of readSampleBatches(tx, data.runId, data.attempt)) {
      const batch = decodeSamples(samples);
      tally.add(batch.seq);
      batches.push(batch);
    }
  } catch (error) {
    if (!(error instanceof SampleCodecError)) throw error;
    return { batches: [], failure: unreadable(error) };
  }
  return { batches, failure: samplesInconsistent(tally, data) };
}

function unreadable(error: SampleCodecError): Failure {
  return {
    code: 'samples-unreadable',
    message: error.message,
    remedy:
      'the stored samples of this run are damaged; run it again, and check the store and the release of its worker',
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
  return {
    ...run,
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

/**
 * Figures of each run that completed, computed from the samples of the attempt that completed. A run whose samples can't
 * be read or contradict its account has none and is shown as failed. Must come after the runs' and boot states' rows.
 *
 * @returns what is new, once, however often the events are replayed.
 */
export async function projectRunResults(tx: Transaction, events: readonly RecordedEvent[]): Promise<NewResult[]> {
  const added: NewResult[] = [];
  for (const event of events) {
    if (event.type !== 'RunCompleted') continue;
    const run = await completedRun(tx, event.data.runId);
    if (!run) continue;
    const { batches, failure } = await storedSamples(tx, event.data);
    if (failure !== null) {
      await failRun(tx, run.runId, failure);
      continue;
    }
    const figures = runFigures(batches);
    await tx.runResult.createMany({ data: figures.map((one) => resultRow(run, one)) });
    added.push(...figures.map((one) => ({ ...run, ...one, samples: one.summary.samples })));
  }
  return added;
}

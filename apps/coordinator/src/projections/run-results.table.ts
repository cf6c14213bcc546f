import type { Failure, RecordedEvent } from '#contracts';
import { readSampleBatches, type Transaction } from '#event-store';
import { decodeSamples, SampleCodecError, type SampleColumns } from '#samples';
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

async function batchesOf(tx: Transaction, runId: string, attempt: number): Promise<SampleColumns[]> {
  const batches: SampleColumns[] = [];
  for await (const { samples } of readSampleBatches(tx, runId, attempt)) batches.push(decodeSamples(samples));
  return batches;
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

/** Samples that can't be read must not hold up the read model of the whole fleet, and must not go unseen. */
async function noteUnreadable(tx: Transaction, runId: string, error: SampleCodecError): Promise<void> {
  const failure: Failure = {
    code: 'samples-unreadable',
    message: error.message,
    remedy:
      'the stored samples of this run are damaged; run it again, and check the store and the release of its worker',
  };
  await tx.run.update({ where: { runId }, data: { failure } });
}

/**
 * Figures of each run that completed, computed from the samples of the attempt that completed. Must come after the
 * runs' and boot states' rows.
 *
 * @returns what is new, once, however often the events are replayed.
 */
export async function projectRunResults(tx: Transaction, events: readonly RecordedEvent[]): Promise<NewResult[]> {
  const added: NewResult[] = [];
  for (const event of events) {
    if (event.type !== 'RunCompleted') continue;
    const { runId, attempt } = event.data;
    const run = await completedRun(tx, runId);
    if (!run) continue;
    try {
      const figures = runFigures(await batchesOf(tx, runId, attempt));
      await tx.runResult.createMany({ data: figures.map((one) => resultRow(run, one)) });
      added.push(...figures.map((one) => ({ ...run, ...one, samples: one.summary.samples })));
    } catch (error) {
      if (!(error instanceof SampleCodecError)) throw error;
      await noteUnreadable(tx, runId, error);
    }
  }
  return added;
}

import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { limits, type Probe } from '#contracts';
import { type PrismaClient, readSampleBatches, readSamples, type SamplesPlace } from '#event-store';
import { batchText, decodeSamples, headerText, type SampleFormat } from '#samples';

const inflated = promisify(inflate);

export interface ExportedRun extends SamplesPlace {
  probe: Probe;
  /** As the read model counts them. */
  samples: number;
}

/**
 * All samples of a run's completed attempt, as the newest parser read them, as text, one stored batch at a time: memory does not grow with the run.
 *
 * @throws Error at the end when the stored batches do not hold what the run says, so that the reply breaks off instead
 * of looking whole.
 */
export async function* sampleText(db: PrismaClient, run: ExportedRun, format: SampleFormat): AsyncGenerator<string> {
  yield headerText(format, run.probe);
  let exported = 0;
  for await (const samples of readSamples(db, run)) {
    const batch = decodeSamples(samples);
    exported += batch.seq.length;
    yield* batchText(format, run.probe, batch);
  }
  if (exported !== run.samples) {
    throw new Error(`the batches of run ${run.runId} hold ${exported} of ${run.samples} samples`);
  }
}

/** The kernel-log bytes that an attempt captured, exactly as they were, one stored batch at a time. */
export async function* rawLog(db: PrismaClient, runId: string, attempt: number): AsyncGenerator<Uint8Array> {
  for await (const { raw } of readSampleBatches(db, runId, attempt)) {
    if (raw.length > 0) yield await inflated(raw, { maxOutputLength: limits.rawBytesPerEvent });
  }
}

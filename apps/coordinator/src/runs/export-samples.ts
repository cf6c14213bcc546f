import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { limits, type Probe } from '#contracts';
import { type PrismaClient, readSampleBatches } from '#event-store';
import { decodeSamples } from '#samples';
import { batchText, headerText, type SampleFormat } from './sample-text.js';

const inflated = promisify(inflate);

/** All samples of a run's completed attempt as text, one stored batch at a time: memory does not grow with the run. */
export async function* sampleText(
  db: PrismaClient,
  run: { runId: string; attempt: number; probe: Probe },
  format: SampleFormat,
): AsyncGenerator<string> {
  yield headerText(format, run.probe);
  for await (const { samples } of readSampleBatches(db, run.runId, run.attempt)) {
    const batch = decodeSamples(samples);
    if (batch.seq.length > 0) yield batchText(format, run.probe, batch);
  }
}

/** The kernel-log bytes that an attempt captured, exactly as they were, one stored batch at a time. */
export async function* rawLog(db: PrismaClient, runId: string, attempt: number): AsyncGenerator<Uint8Array> {
  for await (const { raw } of readSampleBatches(db, runId, attempt)) {
    if (raw.length > 0) yield await inflated(raw, { maxOutputLength: limits.rawBytesPerEvent });
  }
}

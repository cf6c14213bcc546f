import { limits } from '#contracts';
import { fnv1a } from './checksum.js';
import { metricCodes, metricsOf, type SampleColumns } from './sample-columns.js';
import { SampleCodecError } from './sample-codec-error.js';
import { ByteWriter } from './varint.js';

/** First bytes of every batch: `XS`, then the version of this form. */
export const mark = [0x58, 0x53] as const;
export const formVersion = 1;

function checkShape(batch: SampleColumns): void {
  const count = batch.seq.length;
  if (count > limits.samplesPerEvent) {
    throw new SampleCodecError(`${count} samples, at most ${limits.samplesPerEvent} go into one batch`, null);
  }
  if (!Number.isInteger(batch.cpu) || batch.cpu < 0 || batch.cpu > 0x7fff_ffff) {
    throw new SampleCodecError(`cpu ${batch.cpu} is no CPU number`, null);
  }
  if (batch.interrupted.length !== count) {
    throw new SampleCodecError(`${batch.interrupted.length} interrupted flags for ${count} samples`, null);
  }
  for (const metric of metricsOf(batch)) {
    const length = batch.columns[metric]?.length;
    if (length !== count) throw new SampleCodecError(`${length} values of ${metric} for ${count} samples`, null);
  }
}

/** Flags as the distances between the samples that carry one: nearly always none, then one byte in all. */
function writeFlags(writer: ByteWriter, flags: Uint8Array): void {
  const flagged: number[] = [];
  for (let index = 0; index < flags.length; index += 1) if (flags[index] !== 0) flagged.push(index);
  writer.varint(flagged.length);
  let next = 0;
  for (const index of flagged) {
    writer.varint(index - next);
    next = index + 1;
  }
}

/**
 * Packs a batch: `X S version metricMask`, then as varints cpu and sample count, the sequence numbers, one column for
 * each metric in the order of the mask's bits (each column: zigzag of the difference to the value before), the
 * interrupted samples, and FNV-1a over all of it (4 bytes, little endian). Same columns, same bytes.
 *
 * @throws SampleCodecError when the columns differ in length or exceed `limits.samplesPerEvent`.
 */
export function encodeSamples(batch: SampleColumns): Uint8Array {
  checkShape(batch);
  const metrics = metricsOf(batch);
  const writer = new ByteWriter(32 + batch.seq.length * (1 + 2 * metrics.length));
  for (const byte of mark) writer.byte(byte);
  writer.byte(formVersion);
  writer.byte(metrics.reduce((mask, metric) => mask | (1 << metricCodes.indexOf(metric)), 0));
  writer.varint(batch.cpu);
  writer.varint(batch.seq.length);
  writer.deltas(batch.seq);
  for (const metric of metrics) writer.deltas(batch.columns[metric] ?? new Int32Array());
  writeFlags(writer, batch.interrupted);
  writer.uint32(fnv1a(writer.written()));
  return writer.written().slice();
}

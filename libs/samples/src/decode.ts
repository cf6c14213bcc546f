import { limits } from '#contracts';
import { fnv1a } from './checksum.js';
import { formVersion, mark } from './encode.js';
import { metricCodes, type SampleColumns } from './sample-columns.js';
import { SampleCodecError } from './sample-codec-error.js';
import { ByteReader } from './varint.js';

const checksumBytes = 4;

function readFlags(reader: ByteReader, count: number, offset: () => number): Uint8Array {
  const flags = new Uint8Array(count);
  const flagged = reader.varint();
  let next = 0;
  for (let done = 0; done < flagged; done += 1) {
    const index = next + reader.varint();
    if (index >= count) throw new SampleCodecError(`sample ${index} of ${count} is flagged`, offset());
    flags[index] = 1;
    next = index + 1;
  }
  return flags;
}

/** The part before the checksum, once mark, version and checksum were found right. */
function verifiedBody(bytes: Uint8Array): Uint8Array {
  if (bytes.length < mark.length + 2 + checksumBytes) throw new SampleCodecError('too short for a batch', bytes.length);
  mark.forEach((byte, index) => {
    if (bytes[index] !== byte) throw new SampleCodecError('the mark "XS" is missing', index);
  });
  if (bytes[2] !== formVersion) {
    throw new SampleCodecError(`form version ${bytes[2]} is not known to this release (${formVersion})`, 2);
  }
  const body = bytes.subarray(0, bytes.length - checksumBytes);
  if (new ByteReader(bytes.subarray(body.length)).uint32() !== fnv1a(body)) {
    throw new SampleCodecError('the checksum does not fit', body.length);
  }
  return body;
}

/**
 * Unpacks what `encodeSamples` packed.
 *
 * @throws SampleCodecError naming the byte, for anything else: it never returns a sample that was not written.
 */
export function decodeSamples(bytes: Uint8Array): SampleColumns {
  const body = verifiedBody(bytes);
  const reader = new ByteReader(body.subarray(mark.length + 1));
  const offset = (): number => body.length - reader.left;
  const mask = reader.byte();
  if (mask >= 1 << metricCodes.length) {
    const known = `there are ${metricCodes.join(', ')}`;
    throw new SampleCodecError(`metric mask ${mask} names one that this release does not know; ${known}`, offset());
  }
  const cpu = reader.varint();
  const count = reader.varint();
  if (count > limits.samplesPerEvent) throw new SampleCodecError(`${count} samples are announced`, offset());
  const seq = reader.deltas(count);
  const columns: SampleColumns['columns'] = {};
  metricCodes.forEach((metric, code) => {
    if (mask & (1 << code)) columns[metric] = reader.deltas(count);
  });
  const interrupted = readFlags(reader, count, offset);
  if (reader.left > 0) throw new SampleCodecError(`${reader.left} bytes are left over`, offset());
  return { cpu, seq, columns, interrupted };
}

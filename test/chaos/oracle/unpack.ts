/** A sample as it stands in a packed batch. */
export interface Sample {
  seq: number;
  u2k: number;
  k2u: number;
  interrupted: boolean;
}

/**
 * Reads the packed form that libs/samples/src/encode.ts describes, by code of its own: `XS`, form 1, metric mask (bit 0
 * u2k, bit 1 k2u), cpu, count, then columns of zigzag differences, the distances of the interrupted, four bytes of
 * checksum.
 *
 * @throws Error for anything that is not such a batch of u2k and k2u.
 */
export function unpack(bytes: Uint8Array): Sample[] {
  if (bytes[0] !== 0x58 || bytes[1] !== 0x53 || bytes[2] !== 1 || bytes[3] !== 3)
    throw new Error(`not a batch of u2k and k2u: it begins ${Buffer.from(bytes.subarray(0, 4)).toString('hex')}`);
  let at = 4;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('the batch ends too early');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  varint(); // the CPU
  const count = varint();
  const column = (): number[] => {
    let value = 0;
    return Array.from({ length: count }, () => {
      const folded = varint();
      value += folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
      return value;
    });
  };
  const [seq, u2k, k2u] = [column(), column(), column()];
  const interrupted = new Set<number>();
  let next = 0;
  for (let left = varint(); left > 0; left -= 1) {
    next += varint();
    interrupted.add(next);
    next += 1;
  }
  if (at !== bytes.length - 4) throw new Error(`${bytes.length - 4 - at} bytes are left over`);
  return seq.map((number, i) => ({
    seq: number,
    u2k: u2k[i] ?? NaN,
    k2u: k2u[i] ?? NaN,
    interrupted: interrupted.has(i),
  }));
}

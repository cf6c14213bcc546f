import { SampleCodecError } from './sample-codec-error.js';

/** Longest varint of a 32-bit number. */
const maxVarintBytes = 5;

/** Signed difference of two int32, modulo 2^32, folded so that small ones of either sign are small. */
export function zigzagDelta(value: number, previous: number): number {
  const delta = (value - previous) | 0;
  return ((delta << 1) ^ (delta >> 31)) >>> 0;
}

/** Inverse of `zigzagDelta`: the value that came after `previous`. */
export function undoZigzagDelta(folded: number, previous: number): number {
  return (previous + ((folded >>> 1) ^ -(folded & 1))) | 0;
}

/** Writes unsigned 32-bit numbers in groups of seven bits, lowest first, into a buffer that grows by doubling. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(expectedBytes: number) {
    this.#bytes = new Uint8Array(Math.max(16, expectedBytes));
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  varint(value: number): void {
    this.#room(maxVarintBytes);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Each value as the varint of its zigzag difference to the one before, the first to 0; in local variables, for speed. */
  deltas(values: Int32Array): void {
    this.#room(maxVarintBytes * values.length);
    const bytes = this.#bytes;
    let at = this.#length;
    let previous = 0;
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index]!;
      let rest = zigzagDelta(value, previous);
      previous = value;
      while (rest > 0x7f) {
        bytes[at++] = (rest & 0x7f) | 0x80;
        rest >>>= 7;
      }
      bytes[at++] = rest;
    }
    this.#length = at;
  }

  uint32(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.byte((value >>> shift) & 0xff);
  }

  /** What was written so far; valid until the next write. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(bytes: number): void {
    const wanted = this.#length + bytes;
    if (wanted <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** Reads what `ByteWriter` wrote; every read past the end or beyond 32 bits raises SampleCodecError. */
export class ByteReader {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  get left(): number {
    return this.bytes.length - this.#at;
  }

  byte(): number {
    const value = this.bytes[this.#at];
    if (value === undefined) throw new SampleCodecError('the batch ends too early', this.#at);
    this.#at += 1;
    return value;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 7 * maxVarintBytes; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x0f) throw new SampleCodecError('a number exceeds 32 bits', this.#at - 1);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new SampleCodecError('a number does not end', this.#at);
  }

  /** What `ByteWriter.deltas` wrote of `count` values. Nearly all differences have one byte or two. */
  deltas(count: number): Int32Array {
    const { bytes } = this;
    const values = new Int32Array(count);
    const roomForTwo = bytes.length - 2;
    let at = this.#at;
    let previous = 0;
    for (let index = 0; index < count; index += 1) {
      let folded: number;
      if (at > roomForTwo || (bytes[at]! > 0x7f && bytes[at + 1]! > 0x7f)) {
        this.#at = at;
        folded = this.varint();
        at = this.#at;
      } else {
        folded = bytes[at++]!;
        if (folded > 0x7f) folded = (folded & 0x7f) | (bytes[at++]! << 7);
      }
      previous = undoZigzagDelta(folded, previous);
      values[index] = previous;
    }
    this.#at = at;
    return values;
  }

  uint32(): number {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0;
  }
}

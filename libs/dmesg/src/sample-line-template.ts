import type { Probe } from '#contracts';
import { ascii } from './cursor.js';
import { fnv1a, fnvPrime, HashedText } from './fnv1a.js';
import { firstMetric } from './metric-fields.js';

/** Where the samples of a line are put. */
export interface SampleLineTarget {
  pid: number;
  cpu: number;
  firstSeq: number;
  count: number;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly interrupted: Uint8Array;
}

/** More digits than any number that an Int32 surely holds: such lines go the careful way. */
const longestNumber = 9;
const zero = 0x30;
const nine = 0x39;
const dash = 0x2d;
const one = 0x31;
const comma = 0x2c;
const slash = 0x2f;
const bang = 0x21;
const longestHead = 128;

const text = {
  count: new HashedText(ascii(' n=')),
  pairs: new HashedText(ascii(' d=')),
  k2u: new HashedText(ascii(' k2u=')),
  irq: new HashedText(ascii(' irq=')),
};
const check = ascii(' ck=');
const hexDigits = ascii('0123456789abcdef');
/**
 * The quick way through a run's sample lines: all of them begin alike up to `seq=`, so that beginning is compared, not
 * parsed, and its part of the checksum is known. Reads and hashes the rest in one pass. Whatever is unusual in any way
 * is left to ContractLineParser: this only ever says "good" or "look closer".
 */
export class SampleLineTemplate {
  readonly #paired: boolean;
  readonly #metric: HashedText;
  readonly #head = new Uint8Array(longestHead);
  /**
   * The head again, eight bytes a number. Text is never NaN or zero when read as a double (its bytes are 0x20 to 0x7e),
   * so equal numbers mean equal bytes.
   */
  readonly #words = new Float64Array(longestHead / 8);
  #headBytes = 0;
  #headHash = 0;
  #pid = 0;
  #cpu = 0;
  #at = 0;
  #hash = 0;

  constructor(probe: Probe) {
    this.#paired = probe === 'pf';
    this.#metric = new HashedText(firstMetric[probe]);
  }

  /** Takes `bytes[from, to)`, which ends with `seq=`, for the beginning of the lines to come. */
  learn(bytes: Uint8Array, from: number, to: number, { pid, cpu }: SampleLineTarget): void {
    this.#headBytes = 0;
    if (to - from > longestHead) return;
    this.#head.set(bytes.subarray(from, to));
    this.#headBytes = to - from;
    const view = new DataView(this.#head.buffer);
    for (let word = 0; word < this.#words.length; word++) this.#words[word] = view.getFloat64(8 * word, true);
    this.#headHash = fnv1a(bytes, from, to);
    this.#pid = pid;
    this.#cpu = cpu;
  }

  /**
   * Reads the line at `start` into `target`; returns the offset behind its checksum, or -1 to look closer. At least a
   * whole line's bytes must stand behind `start`. `view` is of the same bytes.
   */
  read(bytes: Uint8Array, view: DataView, start: number, target: SampleLineTarget): number {
    const headBytes = this.#headBytes;
    if (headBytes === 0 || !this.#startsAlike(bytes, view, start)) return -1;
    this.#at = start + headBytes;
    this.#hash = this.#headHash;
    const seq = this.#number(bytes);
    if (seq < 0) return -1;
    target.pid = this.#pid;
    target.cpu = this.#cpu;
    target.firstSeq = seq;
    const read = this.#skip(bytes, text.count) ? this.#batch(bytes, target) : this.#single(bytes, target);
    return read ? this.#checksum(bytes) : -1;
  }

  #startsAlike(bytes: Uint8Array, view: DataView, start: number): boolean {
    const words = this.#words;
    const whole = this.#headBytes >> 3;
    for (let word = 0; word < whole; word++) if (view.getFloat64(start + 8 * word, true) !== words[word]) return false;
    for (let at = 8 * whole; at < this.#headBytes; at++) if (bytes[start + at] !== this.#head[at]) return false;
    return true;
  }

  #single(bytes: Uint8Array, target: SampleLineTarget): boolean {
    if (!this.#skip(bytes, this.#metric)) return false;
    const first = this.#number(bytes);
    if (first < 0) return false;
    if (this.#paired) {
      if (!this.#skip(bytes, text.k2u)) return false;
      const second = this.#number(bytes);
      if (second < 0) return false; // -1 among them: rare enough for the careful way
      target.second[0] = second;
    }
    if (!this.#skip(bytes, text.irq)) return false;
    const irq = bytes[this.#at]! - zero;
    if (irq !== 0 && irq !== 1) return false;
    this.#hash = Math.imul(this.#hash ^ (irq + zero), fnvPrime);
    this.#at++;
    target.first[0] = first;
    target.interrupted[0] = irq;
    target.count = 1;
    return true;
  }

  /** One loop with everything in local variables: the hash is a chain of multiplications, and must stay in a register. */
  #batch(bytes: Uint8Array, target: SampleLineTarget): boolean {
    const { first, second, interrupted } = target;
    const paired = this.#paired;
    const count = this.#number(bytes);
    if (count < 1 || count > first.length) return false;
    if (!this.#skip(bytes, paired ? text.pairs : this.#metric)) return false;
    let at = this.#at;
    let hash = this.#hash;
    let byte = bytes[at]!;
    for (let index = 0; index < count; index++) {
      if (index > 0) {
        if (byte !== comma) return false;
        hash = Math.imul(hash ^ comma, fnvPrime);
        byte = bytes[++at]!;
      }
      let from = at;
      let value = 0;
      for (; isDigit(byte); byte = bytes[++at]!) {
        hash = Math.imul(hash ^ byte, fnvPrime);
        value = (Math.imul(value, 10) + byte - zero) | 0;
      }
      if (!isPlain(bytes, from, at)) return false;
      first[index] = value;
      if (paired) {
        if (byte !== slash) return false;
        hash = Math.imul(hash ^ slash, fnvPrime);
        byte = bytes[++at]!;
        const none = byte === dash;
        if (none) {
          hash = Math.imul(hash ^ dash, fnvPrime);
          byte = bytes[++at]!;
        }
        from = at;
        value = 0;
        for (; isDigit(byte); byte = bytes[++at]!) {
          hash = Math.imul(hash ^ byte, fnvPrime);
          value = (Math.imul(value, 10) + byte - zero) | 0;
        }
        if (none ? at - from !== 1 || bytes[from] !== one : !isPlain(bytes, from, at)) return false;
        second[index] = none ? -1 : value;
      }
      if (byte === bang) {
        hash = Math.imul(hash ^ bang, fnvPrime);
        byte = bytes[++at]!;
        interrupted[index] = 1;
      } else interrupted[index] = 0;
    }
    this.#at = at;
    this.#hash = hash;
    target.count = count;
    return true;
  }

  /** A number of at most nine digits, as printf writes it; -1 for anything else. */
  #number(bytes: Uint8Array): number {
    const from = this.#at;
    let at = from;
    let hash = this.#hash;
    let value = 0;
    for (let byte = bytes[at]!; isDigit(byte); byte = bytes[++at]!) {
      hash = Math.imul(hash ^ byte, fnvPrime);
      value = (Math.imul(value, 10) + byte - zero) | 0;
    }
    this.#at = at;
    this.#hash = hash;
    return isPlain(bytes, from, at) ? value : -1;
  }

  #skip(bytes: Uint8Array, expected: HashedText): boolean {
    if (!this.#stands(bytes, expected.bytes)) return false;
    this.#hash = expected.after(this.#hash);
    return true;
  }

  #stands(bytes: Uint8Array, expected: Uint8Array): boolean {
    const from = this.#at;
    for (let index = 0; index < expected.length; index++) if (bytes[from + index] !== expected[index]) return false;
    this.#at = from + expected.length;
    return true;
  }

  /** The offset behind the checksum when it is right, else -1. */
  #checksum(bytes: Uint8Array): number {
    if (!this.#stands(bytes, check)) return -1;
    const hash = this.#hash;
    let at = this.#at;
    // A table and no branch for a to f: their place in a hash can't be foretold, by the CPU neither.
    for (let shift = 28; shift >= 0; shift -= 4, at++) if (bytes[at] !== hexDigits[(hash >>> shift) & 15]) return -1;
    return at;
  }
}

/** False behind the end of the bytes too, where there is no byte to compare. */
function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte <= nine;
}

/** Whether `bytes[from, to)`, all digits, is a number of a few digits without leading zeros. */
function isPlain(bytes: Uint8Array, from: number, to: number): boolean {
  const digits = to - from;
  return digits === 1 || (digits > 1 && digits <= longestNumber && bytes[from] !== zero);
}

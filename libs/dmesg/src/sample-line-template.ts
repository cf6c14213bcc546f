import type { Probe } from '#contracts';
import { samplesPerLine } from './contract-line.js';
import { ascii } from './cursor.js';
import { fnv1a, fnvPrime, hexWord, HashedText } from './fnv1a.js';
import { metricFields } from './metric-fields.js';

/** Columns that samples are put into, at `count` and behind; there is room for one line's. */
export interface SampleColumnsTarget {
  readonly count: number;
  readonly seq: Int32Array;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly interrupted: Uint8Array;
}

/** A constant of this module: V8 loads and checks an imported one at every use, and that is once a byte here. */
const prime: number = fnvPrime;
/** More digits than any number that an Int32 surely holds: such lines go the careful way. */
const longestNumber = 9;
/** A sample and what may stand behind it in a line: with so many bytes left, no read can pass the end. */
const roomForSample = 64;
const zero = 0x30;
const dash = 0x2d;
const one = 0x31;
const comma = 0x2c;
const slash = 0x2f;
const bang = 0x21;
const longestHead = 128;

const text = {
  count: new HashedText(ascii(' n=')),
  irq: new HashedText(ascii(' irq=')),
};
const batchTexts = [text.count];
const check = new DataView(ascii(' ck=').buffer).getInt32(0, true);
/** ` ck=` and eight digits. */
const checksumBytes = 12;

/** What `learn` needs of a sample line that was read the careful way. */
export interface LearntLine {
  pid: number;
  cpu: number;
  /** Offset behind `seq=`. */
  seqAt: number;
  /** Whether the line has `n=`, and several samples. */
  batched: boolean;
}

/**
 * The quick way through a run's sample lines: all of them begin alike up to `seq=`, so that beginning is compared, not
 * parsed, and its part of the checksum is known. Reads and hashes the rest in one pass, straight into the columns.
 * Whatever is unusual in any way is left to ContractLineParser: this only ever says "good" or "look closer".
 *
 * The loops keep everything in local variables, and say some things twice for it: the hash is a chain of
 * multiplications, and must stay in a register.
 */
export class SampleLineTemplate {
  readonly #paired: boolean;
  readonly #mayBeMissing: boolean;
  /** What stands between the numbers of a line with one sample: seq, cycles, perhaps more cycles, irq. */
  readonly #singleTexts: readonly HashedText[];
  /** What stands in front of a batch's samples. */
  readonly #batchText: HashedText;
  #batched = false;
  /**
   * The head, eight bytes a number, its last eight last. Text is never NaN or zero when read as a double (its bytes
   * are 0x20 to 0x7e), so equal numbers mean equal bytes.
   */
  readonly #words = new Float64Array(longestHead / 8 + 1);
  #wordCount = 0;
  #headBytes = 0;
  #headHash = 0;
  #hash = 0;
  /** The numbers of the line at hand, up to its first sample. */
  readonly #numbers = new Int32Array(4);

  pid = 0;
  cpu = 0;
  /** First sequence number and number of samples of the line read last. */
  firstSeq = 0;
  samples = 0;

  constructor(probe: Probe) {
    const { first, second, secondMayBeMissing, many } = metricFields(probe);
    this.#paired = second !== null;
    this.#mayBeMissing = secondMayBeMissing;
    const metrics = [first, ...(second === null ? [] : [second])];
    this.#singleTexts = [...metrics.map((field) => new HashedText(field)), text.irq];
    this.#batchText = new HashedText(many);
  }

  /** Takes the line at `start` for a pattern of those to come. */
  learn(bytes: Uint8Array, start: number, { pid, cpu, seqAt, batched }: LearntLine): void {
    this.#headBytes = 0;
    const headBytes = seqAt - start;
    if (headBytes > longestHead) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#wordCount = headBytes >> 3;
    for (let word = 0; word < this.#wordCount; word++) this.#words[word] = view.getFloat64(start + 8 * word, true);
    this.#words[this.#wordCount] = view.getFloat64(seqAt - 8, true);
    this.#headBytes = headBytes;
    this.#headHash = fnv1a(bytes, start, seqAt) | 0;
    this.#batched = batched;
    this.pid = pid;
    this.cpu = cpu;
  }

  /**
   * Reads the line at `start` into `target`, without raising its count; returns the offset behind the line's checksum,
   * or -1 to look closer. At least a whole line's bytes must stand behind `start`. `view` is of the same bytes.
   */
  read(bytes: Uint8Array, view: DataView, start: number, target: SampleColumnsTarget): number {
    const headBytes = this.#headBytes;
    if (headBytes === 0 || !this.#startsAlike(view, start)) return -1;
    const at = start + headBytes;
    const end = this.#batched ? this.#batch(bytes, view, at, target) : this.#single(bytes, view, at, target);
    return end >= 0 && this.#checksumStands(view, end) ? end + checksumBytes : -1;
  }

  #startsAlike(view: DataView, start: number): boolean {
    const words = this.#words;
    const count = this.#wordCount;
    for (let word = 0; word < count; word++) if (view.getFloat64(start + 8 * word, true) !== words[word]) return false;
    return view.getFloat64(start + this.#headBytes - 8, true) === words[count];
  }

  #single(bytes: Uint8Array, view: DataView, at: number, target: SampleColumnsTarget): number {
    const texts = this.#singleTexts;
    const end = this.#readNumbers(bytes, view, at, texts);
    const numbers = this.#numbers;
    const irq = numbers[texts.length]!;
    if (end < 0 || irq > 1) return -1;
    const to = target.count;
    this.firstSeq = target.seq[to] = numbers[0]!;
    target.first[to] = numbers[1]!;
    target.second[to] = numbers[2]!; // of no meaning in round trips
    target.interrupted[to] = irq;
    this.samples = 1;
    return end;
  }

  /**
   * Reads a number and what stands behind it, again and again, from the line's `seq` on; returns the offset behind the
   * last number. No number has a sign here: a missing value is rare enough for the careful way.
   */
  #readNumbers(bytes: Uint8Array, view: DataView, from: number, texts: readonly HashedText[]): number {
    const numbers = this.#numbers;
    let at = from;
    let hash = this.#headHash;
    for (let field = 0; ; field++) {
      let byte = bytes[at]!;
      let value = byte - zero;
      if (value >>> 0 > 9) return -1;
      hash = Math.imul(hash ^ byte, prime);
      byte = bytes[++at]!;
      const tooLong = at + longestNumber - 1;
      for (let digit = byte - zero; digit >>> 0 <= 9; digit = byte - zero) {
        if (value === 0 || at === tooLong) return -1;
        hash = Math.imul(hash ^ byte, prime);
        value = (Math.imul(value, 10) + digit) | 0;
        byte = bytes[++at]!;
      }
      numbers[field] = value;
      if (field === texts.length) break;
      const between = texts[field]!;
      if (!between.standsAt(view, at)) return -1;
      hash = between.after(hash);
      at += between.length;
    }
    this.#hash = hash;
    return at;
  }

  #batch(bytes: Uint8Array, view: DataView, from: number, target: SampleColumnsTarget): number {
    const { seq, first, second, interrupted } = target;
    const paired = this.#paired;
    const mayBeMissing = this.#mayBeMissing;
    let at = this.#readNumbers(bytes, view, from, batchTexts);
    const firstSeq = this.#numbers[0]!;
    const count = this.#numbers[1]!;
    if (at < 0 || count < 1 || count > samplesPerLine || !this.#batchText.standsAt(view, at)) return -1;
    let hash = this.#batchText.after(this.#hash);
    at += this.#batchText.length;
    const lastAt = bytes.length - roomForSample;
    const base = target.count;
    const last = base + count - 1;
    for (let index = base; index <= last; index++) {
      if (at > lastAt) return -1;
      let byte = bytes[at]!;
      let value = byte - zero;
      if (value >>> 0 > 9) return -1;
      hash = Math.imul(hash ^ byte, prime);
      byte = bytes[++at]!;
      let tooLong = at + longestNumber - 1;
      for (let digit = byte - zero; digit >>> 0 <= 9; digit = byte - zero) {
        if (value === 0 || at === tooLong) return -1;
        hash = Math.imul(hash ^ byte, prime);
        value = (Math.imul(value, 10) + digit) | 0;
        byte = bytes[++at]!;
      }
      first[index] = value;
      if (paired) {
        if (byte !== slash) return -1;
        hash = Math.imul(hash ^ slash, prime);
        byte = bytes[++at]!;
        if (byte === dash) {
          if (!mayBeMissing || bytes[at + 1] !== one) return -1;
          hash = Math.imul(Math.imul(hash ^ dash, prime) ^ one, prime);
          at += 2;
          byte = bytes[at]!;
          second[index] = -1;
        } else {
          value = byte - zero;
          if (value >>> 0 > 9) return -1;
          hash = Math.imul(hash ^ byte, prime);
          byte = bytes[++at]!;
          tooLong = at + longestNumber - 1;
          for (let digit = byte - zero; digit >>> 0 <= 9; digit = byte - zero) {
            if (value === 0 || at === tooLong) return -1;
            hash = Math.imul(hash ^ byte, prime);
            value = (Math.imul(value, 10) + digit) | 0;
            byte = bytes[++at]!;
          }
          second[index] = value;
        }
      }
      if (byte === bang) {
        hash = Math.imul(hash ^ bang, prime);
        byte = bytes[++at]!;
        interrupted[index] = 1;
      } else interrupted[index] = 0;
      seq[index] = firstSeq + index - base;
      if (index === last) break;
      if (byte !== comma) return -1;
      hash = Math.imul(hash ^ comma, prime);
      at++;
    }
    this.#hash = hash;
    this.firstSeq = firstSeq;
    this.samples = count;
    return at;
  }

  #checksumStands(view: DataView, at: number): boolean {
    const hash = this.#hash;
    return (
      view.getInt32(at, true) === check &&
      view.getInt32(at + 4, true) === hexWord(hash >>> 16) &&
      view.getInt32(at + 8, true) === hexWord(hash)
    );
  }
}

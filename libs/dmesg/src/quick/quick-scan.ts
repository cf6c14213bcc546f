import { type Probe, probeOf } from '#contracts';
import { ascii } from '../cursor.js';
import { fnv1a } from '../fnv1a.js';
import { metricFields } from '../metric-fields.js';
import { countText, irqText } from './between-numbers.js';
import {
  dataAt,
  firstAt,
  headAt,
  interruptedAt,
  longestHead,
  longestRecordText,
  recordAt,
  recordStepAt,
  secondAt,
  stateBytes,
  textAt,
  word,
  zerosBehind,
} from './memory.js';
import type { SharedScan } from './shared-scan.js';

const zero = 0x30;
/** Behind the largest sequence number that a column holds. */
const noEnd = 2 ** 31;

/** What `learn` needs of a sample line that was read the careful way. */
export interface LearntLine {
  pid: number;
  cpu: number;
  /** Offset behind `seq=`. */
  seqAt: number;
  /** Whether the line has `n=`, and several samples. */
  batched: boolean;
}

/** Which sample lines may be read without a closer look. */
export interface Allowed {
  /** The sequence number that the first of them must begin with. */
  next: number;
  /** Faults of the run; null when they are not known. */
  announced: number | null;
  /** Samples that fill the item; with the line that has them the scan ends. */
  samples: number;
  /** Offset that the item's lines may reach: before a line that passes it, the scan ends. null: the item begins with the first line. */
  rawLimit: number | null;
}

/**
 * One log's view of the memory that all scans share. Between `enter` and `leave` the log's bytes stand in `bytes`; what
 * else belongs to this log is put there and fetched again.
 *
 * The scan only ever says "good" or "look closer": of lines that begin as the one that was learnt, it reads and hashes the rest in one
 * pass; a record's head that has the number expected is passed over. All else is left to its caller.
 */
export class QuickScan {
  readonly #shared: SharedScan;
  readonly #words: Int32Array;
  readonly #own = new Int32Array(stateBytes >> 2);
  readonly #singleTexts: readonly number[];
  readonly #batchTexts: readonly number[];
  /** Not a Buffer: its methods take longer to begin. */
  readonly #all: Uint8Array;
  /** The log's bytes, from what was kept on. */
  readonly bytes: Uint8Array;
  /** Samples of the lines read, from 0 on: the first value, the second where samples are pairs, 1 where interrupted. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly interrupted: Uint8Array;
  /** Process and CPU of the line that was learnt. */
  pid = 0;
  cpu = 0;

  /** @param follow whether the log's records may carry numbers */
  constructor(shared: SharedScan, probe: Probe, follow: boolean) {
    const { memory } = shared;
    this.#shared = shared;
    this.#words = new Int32Array(memory, 0, stateBytes >> 2);
    this.#all = new Uint8Array(memory);
    this.bytes = this.#all.subarray(dataAt);
    this.first = new Int32Array(memory, firstAt, (secondAt - firstAt) >> 2);
    this.second = new Int32Array(memory, secondAt, (interruptedAt - secondAt) >> 2);
    this.interrupted = new Uint8Array(memory, interruptedAt, dataAt - interruptedAt);
    const { first, second, secondMayBeMissing, many } = metricFields(probe);
    const addressOf = (bytes: Uint8Array): number => textAt(String.fromCharCode(...bytes));
    this.#singleTexts = [addressOf(first), ...(second === null ? [] : [addressOf(second)]), textAt(irqText)];
    this.#batchTexts = [textAt(countText), addressOf(many)];
    const own = this.#own;
    own[word.follow >> 2] = follow ? 1 : 0;
    own[word.lineStart >> 2] = 1;
    own[word.paired >> 2] = probeOf(probe).lines === 'pairs' ? 1 : 0;
    own[word.mayBeMissing >> 2] = secondMayBeMissing ? 1 : 0;
  }

  /** Puts this log's bytes into the memory; returns their number. */
  enter(kept: Uint8Array, piece: Uint8Array): number {
    this.#words.set(this.#own);
    const length = kept.length + piece.length;
    this.bytes.set(kept);
    this.bytes.set(piece, kept.length);
    this.bytes.fill(0, length, length + zerosBehind);
    return length;
  }

  leave(): void {
    this.#own.set(this.#words);
  }

  /** @see Scan */
  scan(at: number, to: number): number {
    return this.#shared.scan(at, to);
  }

  allow({ next, announced, samples, rawLimit }: Allowed): void {
    const words = this.#words;
    words[word.seqNext >> 2] = next;
    words[word.seqEnd >> 2] = announced ?? noEnd;
    words[word.room >> 2] = words[word.headLength >> 2] === 0 ? 0 : samples;
    words[word.empty >> 2] = rawLimit === null ? 1 : 0;
    words[word.rawLimit >> 2] = Math.max(0, rawLimit ?? 0);
  }

  get why(): number {
    return this.#words[word.why >> 2]!;
  }

  /** Records that were passed. */
  get passed(): number {
    return this.#words[word.passed >> 2]!;
  }

  /** Samples that were read, all of lines that follow one another; offsets of the first line and behind the last. */
  get samples(): number {
    return this.#words[word.samples >> 2]!;
  }

  get rawFrom(): number {
    return this.#words[word.rawFrom >> 2]!;
  }

  get rawTo(): number {
    return this.#words[word.rawTo >> 2]!;
  }

  /** From now on the record of number `seq` is expected. */
  expectRecord(seq: number): void {
    const text = Number.isSafeInteger(seq) ? `,${seq},` : '';
    const known = text.length <= longestRecordText;
    this.#words[word.recordLength >> 2] = known ? text.length : 0;
    if (!known) return;
    this.#all.set(ascii(text), recordAt);
    this.#all.fill(0, recordStepAt, recordStepAt + longestRecordText);
    this.#all[recordStepAt + text.length - 2] = 1;
    this.#words[word.recordDigit >> 2] = text.charCodeAt(text.length - 2) - zero;
  }

  /** Records carry no numbers. */
  ignoreRecords(): void {
    this.#words[word.follow >> 2] = 0;
  }

  /** Takes the line at `start` for a pattern of those to come. */
  learn(start: number, { pid, cpu, seqAt, batched }: LearntLine): void {
    const words = this.#words;
    const length = seqAt - start;
    words[word.headLength >> 2] = length <= longestHead ? length : 0;
    if (length > longestHead) return;
    this.#all.copyWithin(headAt, dataAt + start, dataAt + seqAt);
    words[word.headHash >> 2] = fnv1a(this.bytes, start, seqAt) | 0;
    words[word.batched >> 2] = batched ? 1 : 0;
    const texts = batched ? this.#batchTexts : this.#singleTexts;
    for (let index = 0; index < 4; index++) words[(word.texts >> 2) + index] = texts[index] ?? 0;
    this.pid = pid;
    this.cpu = cpu;
  }
}

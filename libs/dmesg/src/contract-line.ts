import { probeNames, type Probe } from '#contracts';
import { ByteCursor, ascii, int32Max } from './cursor.js';
import { fnv1a } from './fnv1a.js';
import { metricFields, type MetricFields } from './metric-fields.js';

/** What marks our lines in a kernel log. */
export const magicText = 'magic=0x19940619';
export const lineStartText = `xperf: ${magicText}`;
/** Longest line of the contract that the reader believes: 1000 characters, and room for its checksum. */
export const longestLineBytes = 1_024;
export const samplesPerLine = 64;

/**
 * - `foreign`: a good line of another run.
 * - `unknown-contract`: a version that this reader does not know.
 * - `damaged`: cut, spliced or changed; `reason` says how it shows.
 */
export type LineKind = 'begin' | 'samples' | 'end' | 'foreign' | 'unknown-contract' | 'damaged';

const text = {
  start: ascii(lineStartText),
  version: ascii(' v='),
  run: ascii(' run='),
  begin: ascii(' begin probe='),
  faults: ascii(' faults='),
  warmup: ascii(' warmup='),
  pid: ascii(' pid='),
  cpu: ascii(' cpu='),
  batch: ascii(' batch='),
  overhead: ascii(' overhead='),
  seq: ascii(' seq='),
  count: ascii(' n='),
  irq: ascii(' irq='),
  end: ascii(' end'),
  samples: ascii(' samples='),
  rejected: ascii(' rejected='),
  checksum: ascii(' ck='),
  minusOne: ascii('-1'),
};
const namedProbes = probeNames.map((probe) => ({ probe, name: ascii(`${probe} `) }));
/** A line that ends within this distance of a wrong byte was cut rather than changed. */
const longestFieldName = 14;
const newline = 0x0a;
const comma = 0x2c;
const slash = 0x2f;
const bang = 0x21;
const space = 0x20;
const tilde = 0x7e;

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/**
 * Reads one line of contract v1 of one run. The fields of the line read last stand in the parser's own properties,
 * so that reading a line allocates nothing. A line counts only when its form and its checksum are right.
 */
export class ContractLineParser {
  readonly #cursor = new ByteCursor();
  readonly #nonce: number;
  readonly #probe: Probe;
  readonly #fields: MetricFields;

  /** Offset behind the last byte that was read. */
  end = 0;
  /** Offset behind a sample line's `seq=`. */
  seqAt = 0;
  /** Whether a sample line has `n=`. */
  batched = false;
  /** Why the line is `damaged`, or what version or nonce it carries. */
  reason = '';
  pid = 0;
  cpu = 0;
  faults = 0;
  warmup = 0;
  overheadCycles = 0;
  samples = 0;
  rejected = 0;
  firstSeq = 0;
  count = 0;
  /** The probe's first metric of the line's samples. */
  readonly first = new Int32Array(samplesPerLine);
  /** Its second, -1 where a value is missing. Meaningless where the probe has one only. */
  readonly second = new Int32Array(samplesPerLine);
  readonly interrupted = new Uint8Array(samplesPerLine);

  /** @param nonce 8 lower-case hex digits. */
  constructor(nonce: string, probe: Probe) {
    this.#nonce = Number.parseInt(nonce, 16);
    this.#probe = probe;
    this.#fields = metricFields(probe);
  }

  /** Reads the line that starts at `start`; no byte at or behind `limit` is looked at. */
  parse(bytes: Uint8Array, start: number, limit: number): LineKind {
    const cursor = this.#cursor;
    cursor.reset(bytes, start, limit);
    const kind = this.#read(start);
    this.end = cursor.at;
    return kind;
  }

  #read(start: number): LineKind {
    const cursor = this.#cursor;
    if (!cursor.skip(text.start)) return this.#damaged('the line does not start with "xperf: "');
    if (!cursor.skip(text.version)) return this.#form('v=');
    const version = cursor.decimal();
    if (version < 0) return this.#form('a contract version');
    if (version !== 1) {
      this.reason = `contract version ${version}; this reader knows version 1`;
      return 'unknown-contract';
    }
    if (!cursor.skip(text.run)) return this.#form('run=');
    const nonce = cursor.hex8();
    if (nonce < 0) return this.#form('run= with 8 hex digits');
    const kind = nonce === this.#nonce ? this.#body() : this.#foreign(nonce);
    if (kind === 'damaged') return kind;
    const wrong = this.#checksum(start);
    return wrong === '' ? kind : this.#damaged(wrong);
  }

  /** Another run's line: of any probe and shape, as long as its checksum proves that its nonce is not damage. */
  #foreign(nonce: number): LineKind {
    if (!this.#skipToChecksum()) return this.#form('ck=');
    this.reason = `run ${hex8(nonce)}`;
    return 'foreign';
  }

  #body(): LineKind {
    const cursor = this.#cursor;
    if (cursor.startsWith(text.pid)) return this.#samples();
    if (cursor.skip(text.begin)) return this.#begin();
    if (cursor.skip(text.end)) return this.#end();
    return this.#form('pid=, begin or end');
  }

  #begin(): LineKind {
    const cursor = this.#cursor;
    const named = namedProbes.find(({ name }) => cursor.startsWith(name));
    if (named === undefined) return this.#form(`probe ${probeNames.join(', ')}`);
    if (named.probe !== this.#probe) return this.#damaged(`begin of probe ${named.probe} in a run of ${this.#probe}`);
    cursor.at += named.name.length - 1;
    this.faults = this.#field(text.faults);
    this.warmup = this.#field(text.warmup);
    this.pid = this.#field(text.pid);
    this.cpu = this.#field(text.cpu);
    const batch = this.#field(text.batch);
    this.overheadCycles = this.#field(text.overhead);
    if (Math.min(this.faults, this.warmup, this.pid, this.cpu, batch, this.overheadCycles) < 0)
      return this.#form('faults= warmup= pid= cpu= batch= overhead=');
    // More fields may follow; their text is covered by the checksum.
    return this.#skipToChecksum() ? 'begin' : this.#form('ck=');
  }

  /** Steps over text up to the checksum; false when the line ends before it, or another one begins in its middle. */
  #skipToChecksum(): boolean {
    const cursor = this.#cursor;
    while (!cursor.startsWith(text.checksum)) {
      if (cursor.mayStart(text.start)) return false;
      const byte = cursor.at < cursor.limit ? cursor.bytes[cursor.at]! : 0;
      if (byte < space || byte > tilde) return false;
      cursor.at++;
    }
    return true;
  }

  #end(): LineKind {
    this.faults = this.#field(text.faults);
    this.samples = this.#field(text.samples);
    this.rejected = this.#field(text.rejected);
    if (Math.min(this.faults, this.samples, this.rejected) < 0) return this.#form('faults= samples= rejected=');
    return 'end';
  }

  #samples(): LineKind {
    this.pid = this.#field(text.pid);
    this.cpu = this.#field(text.cpu);
    if (!this.#cursor.skip(text.seq)) return this.#form('pid= cpu= seq=');
    this.seqAt = this.#cursor.at;
    this.firstSeq = this.#cursor.decimal();
    if (Math.min(this.pid, this.cpu, this.firstSeq) < 0) return this.#form('pid= cpu= seq=');
    this.batched = this.#cursor.skip(text.count);
    return this.batched ? this.#batch() : this.#single();
  }

  #single(): LineKind {
    const cursor = this.#cursor;
    if (!cursor.skip(this.#fields.first)) return this.#form(`a sample of probe ${this.#probe}`);
    const cycles = cursor.decimal();
    if (cycles < 0) return this.#form('a number of cycles');
    const { second } = this.#fields;
    if (second !== null && !(cursor.skip(second) && this.#readSecond(0))) return this.#form('the second of a pair');
    const irq = this.#field(text.irq);
    if (irq !== 0 && irq !== 1) return this.#form('irq=0 or irq=1');
    this.count = 1;
    this.first[0] = cycles;
    this.interrupted[0] = irq;
    return 'samples';
  }

  #batch(): LineKind {
    const cursor = this.#cursor;
    const { many, second } = this.#fields;
    const paired = second !== null;
    const count = cursor.decimal();
    if (count < 1 || count > samplesPerLine) return this.#form(`n= from 1 to ${samplesPerLine}`);
    if (this.firstSeq > int32Max - count + 1) return this.#form(`a last seq of ${int32Max} or less`);
    if (!cursor.skip(many)) return this.#form(`samples of probe ${this.#probe}`);
    for (let index = 0; index < count; index++) {
      if (index > 0 && !cursor.skipByte(comma)) return this.#form('a comma between samples');
      const cycles = cursor.decimal();
      if (cycles < 0) return this.#form('a number of cycles');
      this.first[index] = cycles;
      if (paired && !(cursor.skipByte(slash) && this.#readSecond(index))) return this.#form('a pair');
      this.interrupted[index] = cursor.skipByte(bang) ? 1 : 0;
    }
    this.count = count;
    return 'samples';
  }

  #readSecond(index: number): boolean {
    const cursor = this.#cursor;
    if (this.#fields.secondMayBeMissing && cursor.skip(text.minusOne)) {
      this.second[index] = -1;
      return true;
    }
    const cycles = cursor.decimal();
    this.second[index] = cycles;
    return cycles >= 0;
  }

  /** The number behind ` name=`; -1 when either is not there. */
  #field(name: Uint8Array): number {
    return this.#cursor.skip(name) ? this.#cursor.decimal() : -1;
  }

  /** Empty when the checksum stands here and is right, else what is wrong. */
  #checksum(start: number): string {
    const cursor = this.#cursor;
    const to = cursor.at;
    if (!cursor.skip(text.checksum)) return this.#expected('ck=');
    const written = cursor.hex8();
    if (written < 0) return this.#expected('ck= with 8 hex digits');
    const hash = fnv1a(cursor.bytes, start, to);
    if (written === hash) return '';
    return `checksum ${hex8(written)} does not fit the line's bytes`;
  }

  #expected(what: string): string {
    const { bytes, at, limit } = this.#cursor;
    let to = at;
    while (to < limit && to < at + longestFieldName && bytes[to] !== newline) to++;
    const cut = to === limit || bytes[to] === newline;
    return cut ? `cut short where ${what} should stand` : `${what} expected, something else stands there`;
  }

  #form(what: string): LineKind {
    return this.#damaged(this.#expected(what));
  }

  #damaged(reason: string): LineKind {
    this.reason = reason;
    return 'damaged';
  }
}

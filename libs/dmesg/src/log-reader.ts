import type { Probe } from '#contracts';
import { ascii } from './cursor.js';
import { lineStartText, longestLineBytes, magicText } from './contract-line.js';
import type { Accounting, LogItem } from './log-item.js';
import { RecordSequence } from './record-sequence.js';
import type { RecordForm } from './records/recognise.js';
import { RunReader } from './run-reader.js';

/**
 * How the log is written. Marked lines are found in every form alike; the form tells only whether each record carries
 * the kernel log's own number (`kmsg`, `netconsole-extended`), by which lost records show. `auto` finds that out from
 * the first lines.
 */
export type LogForm = RecordForm | 'auto';

const numberedForms: readonly LogForm[] = ['auto', 'kmsg', 'netconsole-extended'];

export interface LogReaderOptions {
  /** The run's nonce: 8 lower-case hex digits. Lines of other runs are counted, never read. */
  nonce: string;
  probe: Probe;
  form?: LogForm;
}

export interface LogReader {
  /** Takes the next bytes of the log, cut anywhere. The chunk is not kept. */
  push(chunk: Uint8Array): LogItem[];
  /** The log is over: the rest of the items, among them what is missing. */
  end(): LogItem[];
  /** Totals so far; `lost` is known after `end()`. */
  accounting(): Accounting;
}

/** What is searched for: longer than the magic itself, since a native search leaps by its needle's length. */
const needle = ascii(`${magicText} v=`);
/** Bytes from a line's start to the needle. */
const needleOffset = lineStartText.length - magicText.length;
/** Longest record head that is guessed to come again before the next line. */
const longestGuess = 64;
/** A marked line is read only when this much of it is in the buffer, or the log is over. */
const window = longestLineBytes + 16;
/** Most bytes that are kept of a chunk: a line that might be incomplete, and the start of one that might begin there. */
const longestKept = window + needleOffset;
/** Bytes of a chunk that are copied behind what was kept of the one before. */
const seamBytes = 4 * window;
const newline = 0x0a;
/** Last byte of the sequence that dmesg puts between `xperf: ` and the rest when it colours. */
const colourEnd = 0x6d;

/** Reads one run's measurements from a kernel log in any form, in constant memory. */
export function createLogReader(options: LogReaderOptions): LogReader {
  if (!/^[0-9a-f]{8}$/.test(options.nonce))
    throw new Error(`nonce: "${options.nonce}" is not a run nonce; give 8 lower-case hex digits`);
  return new StreamingLogReader(options);
}

class StreamingLogReader implements LogReader {
  readonly #run: RunReader;
  /** Follows record numbers; null when the log has none. */
  #sequence: RecordSequence | null;
  readonly #named: boolean;
  /**
   * The log's last bytes, not yet worked through, `#keptBytes` of them, which begin at `#keptBase` in the log; behind
   * them comes a copy of the beginning of the next chunk.
   */
  readonly #seam = Buffer.allocUnsafe(longestKept + seamBytes);
  #keptBytes = 0;
  #keptBase = 0;
  /** Offset in the log from which the next magic is searched. */
  #at = 0;
  /** Bytes between a newline and the marked line behind it, last time; -1 when there was something else. */
  #headBytes = -1;
  #ended = false;

  constructor({ nonce, probe, form = 'auto' }: LogReaderOptions) {
    this.#run = new RunReader(nonce, probe);
    this.#named = form !== 'auto';
    this.#sequence = numberedForms.includes(form) ? new RecordSequence(this.#run) : null;
  }

  push(chunk: Uint8Array): LogItem[] {
    if (this.#ended) throw new Error('this log reader was ended; create one for each log');
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const base = this.#keptBase;
    const kept = this.#keptBytes;
    if (kept > 0) this.#scan(this.#seam.subarray(0, kept + bytes.copy(this.#seam, kept, 0, seamBytes)), base, false);
    if (kept === 0 || bytes.length > seamBytes) this.#scan(bytes, base + kept, false);
    return this.#run.take();
  }

  end(): LogItem[] {
    if (this.#ended) return [];
    this.#ended = true;
    this.#scan(this.#seam.subarray(0, this.#keptBytes), this.#keptBase, true);
    return this.#run.finish(this.#keptBase + this.#keptBytes);
  }

  accounting(): Accounting {
    return this.#run.accounting();
  }

  /**
   * Works through `bytes`, which begin at `base` in the log, up to where a line might still be incomplete, and keeps
   * the rest. How far it gets depends on the chunks; what it reads does not.
   */
  #scan(bytes: Buffer, base: number, final: boolean): void {
    const to = final ? bytes.length : Math.max(0, bytes.length - window);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = this.#at - base;
    while (at < to) {
      const next = this.#readNext(bytes, view, base, at, to);
      if (next >= 0) {
        at = next;
        continue;
      }
      const found = bytes.indexOf(needle, at);
      if (found < 0 || found >= to) break;
      this.#sequence?.advance(bytes, view, base, found);
      this.#headBytes = bytes[at] === newline ? found - needleOffset - at - 1 : -1;
      at = this.#readMarked(bytes, view, base, found);
    }
    this.#at = base + Math.max(at, to);
    this.#sequence?.advance(bytes, view, base, to);
    if (!this.#named && this.#sequence?.absent === true) this.#sequence = null;
    const keepFrom = Math.max(0, to - needleOffset);
    this.#keptBase = base + keepFrom;
    // A copy: the chunk belongs to the caller.
    this.#keptBytes = bytes.copy(this.#seam, 0, keepFrom);
  }

  /**
   * Where a run prints, its lines follow one another: reads the sample line in the line behind the newline at `at`. -1
   * when there is none, or when a search might have found something before it.
   */
  #readNext(bytes: Buffer, view: DataView, base: number, at: number, to: number): number {
    if (bytes[at] !== newline || at + longestGuess + window > bytes.length) return -1;
    const start = this.#nextStart(bytes, view, base, at + 1);
    if (start < 0 || start + needleOffset >= to) return -1;
    const end = this.#run.readAlike(bytes, view, start, base);
    if (end >= 0 && bytes[end] === newline) this.#sequence?.lineEndsAt(end, base);
    return end;
  }

  /** Where a marked line may start in the line at `lineStart`, with nothing to be found before it; -1 when unknown. */
  #nextStart(bytes: Buffer, view: DataView, base: number, lineStart: number): number {
    const message = this.#sequence === null ? -1 : this.#sequence.step(bytes, view, base, lineStart);
    if (message >= 0) return message;
    // As far behind the newline as the last one did.
    const headBytes = this.#headBytes;
    if (headBytes < 0 || headBytes > longestGuess) return -1;
    const start = lineStart + headBytes;
    for (let head = lineStart; head < start; head++) if (bytes[head] === needle[0]) return -1;
    this.#sequence?.advance(bytes, view, base, start);
    return start;
  }

  /** Reads the line whose magic stands at `found`; returns where to search on. */
  #readMarked(bytes: Buffer, view: DataView, base: number, found: number): number {
    const start = found - needleOffset;
    if (start < 0) {
      this.#run.damaged('the line does not start with "xperf: "', base, base + found + needle.length);
      return found + needle.length;
    }
    if (bytes[found - 1] === colourEnd) {
      const reason = 'terminal colours stand inside the line; take the log again without them (dmesg --color=never)';
      this.#run.damaged(reason, base + start, base + found + needle.length);
      return found + needle.length;
    }
    const whole = start + longestLineBytes <= bytes.length;
    const alike = whole ? this.#run.readAlike(bytes, view, start, base) : -1;
    const limit = Math.min(bytes.length, start + longestLineBytes);
    const end = alike >= 0 ? alike : this.#run.readLine(bytes, start, limit, base);
    if (bytes[end] === newline) this.#sequence?.lineEndsAt(end, base);
    return Math.max(end, found + needle.length);
  }
}

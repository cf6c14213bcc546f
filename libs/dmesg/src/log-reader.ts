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

const magic = ascii(magicText);
/** `xperf: ` stands between a line's start and its magic. */
const magicOffset = lineStartText.length - magicText.length;
/** A marked line is read only when this much of it is in the buffer, or the log is over. */
const window = longestLineBytes + 16;
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
  /** The log's last bytes, not yet worked through; they begin at `#keptBase` in the log. */
  #kept: Buffer = Buffer.alloc(0);
  #keptBase = 0;
  /** Offset in the log from which the next magic is searched. */
  #at = 0;
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
    const seam = this.#kept.length;
    if (seam > 0) this.#scan(Buffer.concat([this.#kept, bytes.subarray(0, seamBytes)]), base, false);
    if (seam === 0 || bytes.length > seamBytes) this.#scan(bytes, base + seam, false);
    return this.#run.take();
  }

  end(): LogItem[] {
    if (this.#ended) return [];
    this.#ended = true;
    this.#scan(this.#kept, this.#keptBase, true);
    return this.#run.finish(this.#keptBase + this.#kept.length);
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
    let at = this.#at - base;
    while (at < to) {
      const found = bytes.indexOf(magic, at);
      if (found < 0 || found >= to) break;
      this.#sequence?.advance(bytes, base, found);
      at = this.#readMarked(bytes, base, found);
    }
    this.#at = base + Math.max(at, to);
    this.#sequence?.advance(bytes, base, to);
    if (!this.#named && this.#sequence?.absent === true) this.#sequence = null;
    const keepFrom = Math.max(0, to - magicOffset);
    this.#keptBase = base + keepFrom;
    // A copy: the chunk belongs to the caller, and a view would keep all of it in memory.
    this.#kept = Buffer.from(bytes.subarray(keepFrom));
  }

  /** Reads the line whose magic stands at `found`; returns where to search on. */
  #readMarked(bytes: Buffer, base: number, found: number): number {
    const start = found - magicOffset;
    if (start < 0) {
      this.#run.damaged('the line does not start with "xperf: "', base, base + found + magic.length);
      return found + magic.length;
    }
    if (bytes[found - 1] === colourEnd) {
      const reason = 'terminal colours stand inside the line; take the log again without them (dmesg --color=never)';
      this.#run.damaged(reason, base + start, base + found + magic.length);
      return found + magic.length;
    }
    const end = this.#run.readLine(bytes, start, Math.min(bytes.length, start + longestLineBytes), base);
    if (bytes[end] === newline) this.#sequence?.lineEndsAt(end, base);
    return Math.max(end, found + magic.length);
  }
}

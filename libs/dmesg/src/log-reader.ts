import type { Probe } from '#contracts';
import { longestLineBytes } from './contract-line.js';
import type { Accounting, LogItem } from './log-item.js';
import { needleOffset, needleText, pieceBytes, why } from './quick/memory.js';
import { QuickScan } from './quick/quick-scan.js';
import { type SharedScan, sharedScan } from './quick/shared-scan.js';
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

/** A marked line is read only when this much of it is in the memory, or the log is over. */
const window = longestLineBytes + 16;
/** Most bytes that are kept of a chunk: a line that might be incomplete, and the start of one that might begin there. */
const longestKept = window + needleOffset;
/** Last byte of the sequence that dmesg puts between `xperf: ` and the rest when it colours. */
const colourEnd = 0x6d;

/** Reads one run's measurements from a kernel log in any form, in constant memory. */
export function createLogReader(options: LogReaderOptions): LogReader {
  return createLogReaderWith(sharedScan(), options);
}

/** The same with a scan of one's choice. */
export function createLogReaderWith(shared: SharedScan, options: LogReaderOptions): LogReader {
  if (!/^[0-9a-f]{8}$/.test(options.nonce))
    throw new Error(`nonce: "${options.nonce}" is not a run nonce; give 8 lower-case hex digits`);
  return new StreamingLogReader(options, shared);
}

class StreamingLogReader implements LogReader {
  readonly #scan: QuickScan;
  readonly #run: RunReader;
  /** Follows record numbers. */
  readonly #sequence: RecordSequence;
  /** The log's last bytes, not yet worked through, `#keptBytes` of them, which begin at `#keptBase` in the log. */
  readonly #kept = new Uint8Array(longestKept);
  #keptBytes = 0;
  #keptBase = 0;
  /** Offset in the log up to which it was worked through. */
  #at = 0;
  #ended = false;

  constructor({ nonce, probe, form = 'auto' }: LogReaderOptions, shared: SharedScan) {
    this.#scan = new QuickScan(shared, probe, numberedForms.includes(form));
    this.#run = new RunReader(nonce, probe, this.#scan);
    this.#sequence = new RecordSequence(this.#run);
  }

  push(chunk: Uint8Array): LogItem[] {
    if (this.#ended) throw new Error('this log reader was ended; create one for each log');
    for (let from = 0; from < chunk.length; from += pieceBytes)
      this.#work(chunk.subarray(from, from + pieceBytes), false);
    return this.#run.take();
  }

  end(): LogItem[] {
    if (this.#ended) return [];
    this.#ended = true;
    this.#work(new Uint8Array(0), true);
    return this.#run.finish(this.#keptBase + this.#keptBytes);
  }

  accounting(): Accounting {
    return this.#run.accounting();
  }

  /**
   * Works through what was kept and the next piece, up to where a line might still be incomplete, and keeps the rest. How
   * far it gets depends on the pieces; what it reads does not.
   */
  #work(piece: Uint8Array, final: boolean): void {
    const scan = this.#scan;
    const base = this.#keptBase;
    const length = scan.enter(this.#kept.subarray(0, this.#keptBytes), piece);
    const to = final ? length : Math.max(0, length - window);
    let at = this.#at - base;
    while (at < to) {
      this.#run.allowAlike(base);
      const ended = scan.scan(at, to);
      this.#sequence.pass(scan.passed);
      this.#run.takeAlike(base);
      if (scan.why === why.line) this.#checkRecord(ended, length, base);
      else if (scan.why === why.full) this.#run.closeItem();
      at = scan.why === why.mark ? this.#readMarked(ended, length, base) : ended;
    }
    this.#at = base + Math.max(at, to);
    const keepFrom = Math.max(0, to - needleOffset);
    this.#keptBase = base + keepFrom;
    this.#keptBytes = length - keepFrom;
    this.#kept.set(scan.bytes.subarray(keepFrom, length));
    scan.leave();
  }

  #checkRecord(at: number, length: number, base: number): void {
    const sequence = this.#sequence;
    if (sequence.check(this.#scan.bytes, at, length, base)) this.#scan.expectRecord(sequence.next);
    else if (sequence.absent) this.#scan.ignoreRecords();
  }

  /** Reads the line whose magic stands at `found`; returns where to search on. */
  #readMarked(found: number, length: number, base: number): number {
    const { bytes } = this.#scan;
    const start = found - needleOffset;
    const behind = found + needleText.length;
    if (start < 0) {
      this.#run.damaged('the line does not start with "xperf: "', base, base + behind);
      return behind;
    }
    if (bytes[found - 1] === colourEnd) {
      const reason = 'terminal colours stand inside the line; take the log again without them (dmesg --color=never)';
      this.#run.damaged(reason, base + start, base + behind);
      return behind;
    }
    return Math.max(behind, this.#run.readLine(bytes, start, Math.min(length, start + longestLineBytes), base));
  }
}

import type { LossReason, Probe } from '#contracts';
import { ContractLineParser } from './contract-line.js';
import type { Accounting, GapItem, LogItem } from './log-item.js';
import { RunLedger } from './run-ledger.js';
import type { QuickScan } from './quick/quick-scan.js';
import { rawBytesPerItem, SampleBuffer, samplesPerItem } from './sample-buffer.js';

/** Damaged, repeated and foreign lines are shown one by one up to this many of each reason; the rest is counted. */
const shownPerReason = 200;

/**
 * What the lines of one run add up to: samples, and an honest account of those that are missing. Knows nothing of
 * chunks and forms; positions are byte offsets in the whole log.
 */
export class RunReader {
  readonly #ledger = new RunLedger();
  readonly #buffer: SampleBuffer;
  readonly #probe: Probe;
  readonly #line: ContractLineParser;
  readonly #scan: QuickScan;
  #items: LogItem[] = [];
  readonly #shown = new Map<LossReason, number>();
  #evidence = false;
  #announced: number | null = null;
  #endSamples: number | null = null;
  #rejected = 0;
  #overheadCycles: number | null = null;
  #begun = false;
  #damagedLines = 0;
  #repeatedLines = 0;
  #foreignLines = 0;
  #lost = 0;

  constructor(nonce: string, probe: Probe, scan: QuickScan) {
    this.#probe = probe;
    this.#line = new ContractLineParser(nonce, probe);
    this.#scan = scan;
    this.#buffer = new SampleBuffer(probe);
  }

  /** Everything read since the last call. Samples may be held back until their item is full. */
  take(): LogItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  /** Says which sample lines the next scan may read by itself. `base` is where the scanned bytes begin in the log. */
  allowAlike(base: number): void {
    const scan = this.#scan;
    const { count, rawFrom } = this.#buffer;
    scan.allow({
      next: this.#ledger.next,
      announced: this.#announced,
      samples: this.#buffer.isOf(scan.pid, scan.cpu) ? samplesPerItem - count : 0,
      rawLimit: count === 0 ? null : rawFrom + rawBytesPerItem - base,
    });
  }

  /** Takes in the lines that the scan read. */
  takeAlike(base: number): void {
    const scan = this.#scan;
    const { samples } = scan;
    if (samples === 0) return;
    this.#buffer.layColumns(this.#ledger.next, samples, scan);
    this.#takeSamples(this.#ledger.next, samples, scan.pid, scan.cpu, base + scan.rawFrom, base + scan.rawTo);
  }

  /** The samples so far are an item: the next line begins another. */
  closeItem(): void {
    this.#flush();
  }

  /** Takes in the line that starts at `bytes[start]`; returns the offset in `bytes` behind what was read. */
  readLine(bytes: Uint8Array, start: number, limit: number, base: number): number {
    const line = this.#line;
    const kind = line.parse(bytes, start, limit);
    const rawFrom = base + start;
    const rawTo = base + line.end;
    if (kind === 'samples') {
      this.#scan.learn(start, line);
      this.#buffer.lay(line);
      this.#takeSamples(line.firstSeq, line.count, line.pid, line.cpu, rawFrom, rawTo);
    } else if (kind === 'begin') this.#takeBegin(rawFrom, rawTo);
    else if (kind === 'end') this.#takeEnd(rawFrom, rawTo);
    else if (kind === 'damaged') this.#damage(line.reason, rawFrom, rawTo);
    else {
      this.#foreignLines++;
      this.#show(kind === 'foreign' ? 'foreign-line' : 'unknown-contract', line.reason, rawFrom, rawTo);
    }
    return line.end;
  }

  /** The kernel log's own sequence numbers jumped; `lostRecords` is null when they went backwards. */
  recordGap(detail: string, lostRecords: number | null, rawFrom: number, rawTo: number): void {
    this.#evidence = true;
    this.#gap({ reason: 'record-gap', detail, lostRecords, lostSamples: 0, rawFrom, rawTo });
  }

  /** A marked line that is no line of the contract. */
  damaged(reason: string, rawFrom: number, rawTo: number): void {
    this.#damage(reason, rawFrom, rawTo);
  }

  /** The log is over: hands on what was held back and says what is missing. `length` is the log's length in bytes. */
  finish(length: number): LogItem[] {
    this.#flush();
    const missing = this.#ledger.missing(this.#announced);
    if (this.#rejected > missing) this.#countMismatch(0, length);
    this.#rejected = Math.min(this.#rejected, missing);
    this.#lost = missing - this.#rejected;
    this.#summarizeHidden(length);
    const ended = this.#endSamples !== null;
    let tailShown = false;
    for (const { hole, lostSamples } of this.#ledger.allot(this.#lost, this.#announced)) {
      tailShown ||= hole === null;
      if (hole !== null) this.#holeGap(hole.from, hole.to, lostSamples, hole);
      else if (ended) this.#countMismatch(lostSamples, length);
      else this.#endMissing(lostSamples, length);
    }
    if (!ended && !tailShown) this.#endMissing(0, length);
    return this.take();
  }

  accounting(): Accounting {
    return {
      announced: this.#announced,
      samples: this.#ledger.samples,
      lost: this.#lost,
      rejected: this.#rejected,
      damagedLines: this.#damagedLines,
      repeatedLines: this.#repeatedLines,
      foreignLines: this.#foreignLines,
      overheadCycles: this.#overheadCycles,
      ended: this.#endSamples !== null,
    };
  }

  /** Takes in the samples that were laid behind the buffer's last. */
  #takeSamples(first: number, count: number, pid: number, cpu: number, rawFrom: number, rawTo: number): void {
    if (this.#announced !== null && first + count > this.#announced)
      return this.#damage(`seq up to ${first + count - 1} in a run of ${this.#announced} faults`, rawFrom, rawTo);
    if (first !== this.#ledger.next && this.#ledger.alreadyRead(first, count) > 0)
      return this.#repeated(`samples from seq ${first} on (${count}) were read before`, rawFrom, rawTo);
    const full = this.#buffer.accept(count, pid, cpu, rawFrom, rawTo);
    if (full !== null) this.#items.push(full);
    this.#ledger.accept(first, count, this.#evidence, rawFrom, rawTo);
    this.#evidence = false;
  }

  #takeBegin(rawFrom: number, rawTo: number): void {
    const { faults, warmup, cpu, pid, overheadCycles } = this.#line;
    if (this.#contradicts(faults)) return this.#damage(this.#contradiction('begin', faults), rawFrom, rawTo);
    if (this.#begun) return this.#repeated('a second begin line', rawFrom, rawTo);
    this.#begun = true;
    this.#announced = faults;
    this.#overheadCycles = overheadCycles;
    this.#push({ kind: 'begin', probe: this.#probe, faults, warmup, cpu, pid, overheadCycles, rawFrom, rawTo });
  }

  #takeEnd(rawFrom: number, rawTo: number): void {
    const { faults, samples, rejected } = this.#line;
    if (this.#contradicts(faults) || samples + rejected !== faults)
      return this.#damage(this.#contradiction('end', faults), rawFrom, rawTo);
    if (this.#endSamples !== null) return this.#repeated('a second end line', rawFrom, rawTo);
    this.#announced = faults;
    this.#endSamples = samples;
    this.#rejected = rejected;
    this.#push({ kind: 'end', faults, samples, rejected, rawFrom, rawTo });
  }

  /** Whether a line that announces `faults` can't be true after what was read. */
  #contradicts(faults: number): boolean {
    return this.#announced === null ? faults < this.#ledger.next : faults !== this.#announced;
  }

  #contradiction(which: 'begin' | 'end', faults: number): string {
    const known = this.#announced === null ? `seq ${this.#ledger.next - 1} was read` : `${this.#announced} announced`;
    return `the ${which} line's counts contradict the log: faults=${faults}, ${known}`;
  }

  #damage(reason: string, rawFrom: number, rawTo: number): void {
    this.#damagedLines++;
    this.#evidence = true;
    this.#show('damaged-line', reason, rawFrom, rawTo);
  }

  #repeated(detail: string, rawFrom: number, rawTo: number): void {
    this.#repeatedLines++;
    this.#show('repeated-line', detail, rawFrom, rawTo);
  }

  #show(reason: LossReason, detail: string, rawFrom: number, rawTo: number): void {
    const shown = (this.#shown.get(reason) ?? 0) + 1;
    this.#shown.set(reason, shown);
    if (shown <= shownPerReason) this.#gap({ reason, detail, lostRecords: null, lostSamples: 0, rawFrom, rawTo });
  }

  #summarizeHidden(length: number): void {
    for (const [reason, shown] of this.#shown) {
      if (shown <= shownPerReason) continue;
      const detail = `${shown - shownPerReason} more of these are not shown one by one`;
      this.#gap({ reason, detail, lostRecords: null, lostSamples: 0, rawFrom: 0, rawTo: length });
    }
  }

  #holeGap(from: number, to: number, lostSamples: number, range: { rawFrom: number; rawTo: number }): void {
    const detail = `of seq ${from} to ${to - 1}, ${lostSamples} samples are missing from the log`;
    const { rawFrom, rawTo } = range;
    this.#gap({ reason: 'sample-gap', detail, lostRecords: null, lostSamples, rawFrom, rawTo });
  }

  #countMismatch(lostSamples: number, length: number): void {
    const detail = `the end line announces ${this.#endSamples} samples, ${this.#ledger.samples} were read`;
    this.#gap({ reason: 'count-mismatch', detail, lostRecords: null, lostSamples, rawFrom: length, rawTo: length });
  }

  #endMissing(lostSamples: number, length: number): void {
    const detail = 'the log ended before the end line of the run';
    this.#gap({ reason: 'end-missing', detail, lostRecords: null, lostSamples, rawFrom: length, rawTo: length });
  }

  #gap(gap: Omit<GapItem, 'kind'>): void {
    this.#push({ kind: 'gap', ...gap });
  }

  #push(item: LogItem): void {
    this.#flush();
    this.#items.push(item);
  }

  #flush(): void {
    const samples = this.#buffer.take();
    if (samples !== null) this.#items.push(samples);
  }
}

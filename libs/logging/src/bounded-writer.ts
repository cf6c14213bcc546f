import { write as writeToFile, writeSync } from 'node:fs';

/** What may wait for a disk or a reader that takes nothing: some thousand lines. */
const waitingBytes = 1_000_000;
/** How long to leave a destination alone that refused. */
const retryMs = 500;

/** Where the bytes go in the end. */
export interface Sink {
  write(bytes: Uint8Array, done: (error: Error | null, written: number) => void): void;
  writeSync(bytes: Uint8Array): void;
}

const standardOutput: Sink = {
  write: (bytes, done) => writeToFile(1, bytes, done),
  writeSync: (bytes) => void writeSync(1, bytes),
};

/**
 * Where log lines go without ever holding the process up: one asynchronous write at a time. What can't be written (a
 * full disk, a pipe that nobody reads) waits in memory up to a limit; further lines are dropped and counted, and the
 * count is logged when there is room again.
 *
 * Not pino's own destination (sonic-boom 4.2): synchronous it retries ENOSPC for ever, asynchronous it does so in the
 * flush at exit.
 */
export class BoundedWriter {
  /** Called with the number of lines dropped; what it logs gets in first. */
  onRoom: (droppedLines: number) => void = () => undefined;
  private waiting: Buffer[] = [];
  private bytes = 0;
  private droppedLines = 0;
  private busy = false;
  private exiting = false;

  constructor(
    private readonly sink: Sink = standardOutput,
    private readonly limits: { waitingBytes: number; retryMs: number } = { waitingBytes, retryMs },
  ) {}

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.bytes + bytes.length > this.limits.waitingBytes) {
      this.droppedLines += 1;
      return;
    }
    this.waiting.push(bytes);
    this.bytes += bytes.length;
    if (this.exiting) this.writeRest();
    else this.next();
  }

  /** From now on, each line is tried once, at once: for the moments in which nothing asynchronous happens any more. */
  exit(): void {
    this.exiting = true;
    this.writeRest();
  }

  private next(): void {
    if (this.busy || this.bytes === 0) return;
    this.busy = true;
    const chunk = Buffer.concat(this.waiting.splice(0));
    this.sink.write(chunk, (error, written) => {
      // A part may have been written, even of a line; the rest goes on from there.
      const rest = chunk.subarray(error === null ? written : 0);
      this.bytes -= chunk.length - rest.length;
      if (rest.length > 0) this.waiting.unshift(rest);
      this.busy = false;
      if (error === null && written > 0) {
        if (this.bytes === 0) this.tellDropped();
        this.next();
        return;
      }
      this.busy = true;
      setTimeout(() => {
        this.busy = false;
        this.next();
      }, this.limits.retryMs).unref();
    });
  }

  private tellDropped(): void {
    const lines = this.droppedLines;
    if (lines === 0) return;
    this.droppedLines = 0;
    this.onRoom(lines);
  }

  /** What an asynchronous write has in hand is left to it: Node lets it finish, if after these lines. */
  private writeRest(): void {
    const rest = Buffer.concat(this.waiting.splice(0));
    this.bytes -= rest.length;
    if (rest.length === 0) return;
    try {
      this.sink.writeSync(rest);
    } catch {
      // A full disk must not change how a process ends.
    }
  }
}

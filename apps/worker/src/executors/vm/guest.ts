import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProgram, type RunningProgram } from '../../exec/run-program.js';
import { ExecutionError } from '../executor.js';
import { guestFailure, saidFailure } from './guest-end.js';
import { GuestWords } from './guest-words.js';
import { PortLines, type PortPart } from './port-lines.js';
import { qemuCommand, type GuestBoot } from './qemu-command.js';
import type { RunFolders } from './run-folders.js';

/** The guest's word for a line of the program's standard output. */
const outWord = 'out ';

/** One QEMU, from its start until nothing of it is left. */
export class Guest {
  readonly words = new GuestWords();
  private readonly lines = new PortLines();
  private readonly output: AsyncIterator<Uint8Array>;
  /** Lines of the run that came before anybody asked for them. */
  private waiting: Uint8Array[] = [];

  private constructor(
    private readonly qemu: RunningProgram,
    private readonly printer: GuestBoot['printer'],
    private readonly timeoutMs: number,
    private readonly consolePath: string,
    private readonly removeFolder: () => Promise<void>,
  ) {
    this.output = qemu.output[Symbol.asyncIterator]();
  }

  static async start(
    boot: Omit<GuestBoot, 'consolePath'>,
    folders: RunFolders,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Guest> {
    const { folder, remove } = await folders.create();
    const consolePath = join(folder, 'console');
    const command = qemuCommand({ ...boot, consolePath });
    // An input that ends would unplug the port.
    const qemu = startProgram({ ...command, stdin: 'open', timeLimitMs: timeoutMs, signal });
    return new Guest(qemu, boot.printer, timeoutMs, consolePath, remove);
  }

  /**
   * Reads until the guest has printed its facts and begins with the run.
   *
   * @throws ExecutionError when it ends before, or says that it can't; then nothing is left of it.
   */
  async untilReady(): Promise<void> {
    while (this.waiting.length === 0 && !this.words.complete) {
      const parts = await this.read();
      if (parts === null) {
        await this.finish();
        return;
      }
      this.waiting.push(...this.logOf(parts));
      const failure = saidFailure(this.words);
      if (failure === null) continue;
      // Its facts are not to be believed, or not there, and what it still says does not matter.
      await this.discard();
      throw new ExecutionError(failure);
    }
  }

  /**
   * The bytes of the kernel log, or of what xperf printed, until the guest's end; nothing is left of it then.
   *
   * @throws ExecutionError when the run failed.
   */
  async *log(): AsyncGenerator<Uint8Array> {
    let left = true;
    try {
      yield* this.waiting.splice(0);
      for (let parts = await this.read(); parts !== null; parts = await this.read()) yield* this.logOf(parts);
      yield* this.logOf(this.lines.end());
      left = false;
    } finally {
      if (left) await this.discard();
    }
    await this.finish();
  }

  /** Ends it, whatever it does. */
  async discard(): Promise<void> {
    this.qemu.stop();
    await this.qemu.ended;
    await this.removeFolder();
  }

  /** The next bytes, parted; null at their end. */
  private async read(): Promise<PortPart[] | null> {
    const next = await this.output.next();
    return next.done === true ? null : this.lines.push(next.value);
  }

  private logOf(parts: readonly PortPart[]): Uint8Array[] {
    return parts.flatMap((part) => {
      if (part.kind === 'log') return [part.bytes];
      if (this.printer === 'xperf' && part.line.startsWith(outWord))
        return [Buffer.from(`${part.line.slice(outWord.length)}\n`)];
      this.words.take(part.line);
      return [];
    });
  }

  private async finish(): Promise<void> {
    const { end, stderr } = await this.qemu.ended;
    const consoleText = await readFile(this.consolePath, 'utf8').catch(() => '');
    await this.removeFolder();
    const failure = guestFailure({ words: this.words, end, stderr, consoleText, timeoutMs: this.timeoutMs });
    if (failure !== null) throw new ExecutionError(failure);
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import { Child, type ChildSpec, type Ending } from './child.js';
import { restartDelayMs } from './restart-policy.js';

export function endingText(name: string, { code, signal, lastWords }: Ending): string {
  const how = signal === null ? `with code ${code}` : `by ${signal}`;
  return [`the ${name} ended ${how}`, ...lastWords.map((line) => `    ${line}`)].join('\n');
}

/** It ended before it was ready. */
export class EndedEarly extends CliError {
  constructor(
    { name, logFile }: ChildSpec,
    readonly ending: Ending,
  ) {
    super(
      `${endingText(name, ending)}\n  before it was ready`,
      `fix what it reports; its full log is ${logFile}`,
      exitCodes.failed,
    );
  }
}

/** A child process that is started again when it ends by itself, until it ends too often. */
export class Supervised {
  private child: Child | undefined;
  private readonly exitsAtMs: number[] = [];
  private readonly stopping = new AbortController();
  private watching: Promise<void> = Promise.resolve();

  /** @param tell says in one line what happened; @param giveUp is called once when restarting is no use any more. */
  constructor(
    private readonly spec: ChildSpec,
    private readonly tell: (line: string) => void,
    private readonly giveUp: (error: CliError) => void,
  ) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /**
   * Starts it and waits for `isUp`, whose signal aborts when it ends first. Only from then on is it started again
   * when it ends.
   *
   * @throws EndedEarly with its last words when it ends before.
   */
  async start<T>(isUp: (child: Child, gone: AbortSignal) => Promise<T>): Promise<T> {
    const child = await Child.start(this.spec);
    this.child = child;
    const gone = new AbortController();
    const ended = child.ended.finally(() => gone.abort());
    const outcome = await Promise.race([isUp(child, gone.signal).then((value) => ({ value })), ended]);
    if ('value' in outcome) {
      this.watching = this.watch(child).catch((error: unknown) => {
        const remedy = `see ${this.spec.logFile}`;
        this.giveUp(
          new CliError(`the ${this.spec.name} can't be started again: ${String(error)}`, remedy, exitCodes.failed),
        );
      });
      return outcome.value;
    }
    throw new EndedEarly(this.spec, outcome);
  }

  /** Asks it to end, kills it after `graceMs`. Safe to call at any time. */
  async stop(graceMs: number): Promise<void> {
    this.stopping.abort();
    const child = this.child;
    if (child !== undefined) {
      child.terminate();
      const timer = setTimeout(() => child.kill(), graceMs);
      await child.ended;
      clearTimeout(timer);
    }
    await this.watching;
  }

  /** Kills it without asking. */
  kill(): void {
    this.stopping.abort();
    this.child?.kill();
  }

  private async watch(first: Child): Promise<void> {
    for (let child = first; ;) {
      const ending = await child.ended;
      if (this.stopping.signal.aborted) return;
      this.exitsAtMs.push(performance.now());
      const delayMs = restartDelayMs(this.exitsAtMs);
      const text = endingText(this.spec.name, ending);
      if (delayMs === null) {
        const remedy = `fix what it reports; its full log is ${this.spec.logFile}`;
        this.giveUp(new CliError(`${text}\n  and keeps doing so`, remedy, exitCodes.failed));
        return;
      }
      this.tell(`${text}\n  starting it again in ${delayMs} ms`);
      await pause(delayMs, undefined, { signal: this.stopping.signal }).catch(() => undefined); // only a stop wakes it
      if (this.stopping.signal.aborted) return;
      child = await Child.start(this.spec);
      this.child = child;
      if (this.stopping.signal.aborted) child.kill();
      else this.tell(`the ${this.spec.name} runs again (pid ${String(child.pid)})`);
    }
  }
}

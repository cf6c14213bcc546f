import { formatContractLine } from '#dmesg';
import { simulatedBootState } from '#entry-sim';
import type { ExecutionRequest, Executor } from '../executors/executor.js';

/**
 * An executor that a test drives line by line: what is `say`-ed is captured, in order. It serves pf_rt so that lines
 * stay short, and stands under the name of the simulator so that it does not close the gate.
 */
export class ScriptedExecutor implements Executor {
  readonly name = 'simulator';
  readonly probes = ['pf_rt'] as const;
  readonly provenance = 'simulated';
  /** Executions that have ended, by whatever way. */
  ends = 0;
  private lines: (string | null)[] = [];
  private wake = (): void => undefined;
  private begun = (): void => undefined;
  private request: ExecutionRequest | undefined;
  readonly running: Promise<void> = new Promise((resolve) => (this.begun = resolve));

  async prepare(request: ExecutionRequest, signal: AbortSignal): ReturnType<Executor['prepare']> {
    this.request = request;
    this.lines = [];
    return Promise.resolve({
      bootState: { ...simulatedBootState('haswell-ep'), extra: { scripted: 'yes' } },
      provenance: 'simulated' as const,
      pinnedCpu: null,
      execute: () => this.follow(signal),
      discard: () => Promise.resolve(),
    });
  }

  /** Contract fields behind `run=`, for example `end faults=1 samples=1 rejected=0`. */
  say(...fields: string[]): void {
    const nonce = this.request?.nonce ?? '';
    this.lines.push(...fields.map((text) => `${formatContractLine(nonce, text)}\n`));
    this.wake();
  }

  /** The measuring program ends. */
  finish(): void {
    this.lines.push(null);
    this.wake();
  }

  private async *follow(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.begun();
    signal.addEventListener('abort', () => this.finish());
    try {
      for (;;) {
        while (this.lines.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
        const line = this.lines.shift();
        if (line === null || line === undefined || signal.aborted) return;
        yield Buffer.from(line);
      }
    } finally {
      this.ends += 1;
    }
  }
}

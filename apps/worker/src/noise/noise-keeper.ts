import type { Noise } from '#contracts';
import {
  JournalError,
  noiseFrom,
  readFindings,
  restore,
  setQuiet,
  type Change,
  type Finding,
  type Machine,
} from '#noise-control';

/** `off` does not look, `read` looks before each run, `apply` also sets what can be set and puts it back after it. */
export type NoiseMode = 'off' | 'read' | 'apply';

interface NoiseLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** What is known of the machine's noise while a run measures. */
export interface Held {
  noise: Noise;
  findings: readonly Finding[];
}

/** How many files of each knob: a big machine has hundreds of interrupts. */
function filesByKnob(changes: readonly Change[]): Record<string, number> {
  const files: Record<string, number> = {};
  for (const { knob } of changes) files[knob] = (files[knob] ?? 0) + 1;
  return files;
}

/**
 * Keeps this machine quiet while a run measures. It is set again for each run and not for a row of them: a machine that
 * others work on is changed only as long as it has to be, a kill can leave nothing that is older than one run, and setting
 * takes milliseconds where a run takes seconds.
 */
export class NoiseKeeper {
  private holding = false;

  constructor(
    readonly mode: NoiseMode,
    private readonly machine: Machine,
    private readonly log: NoiseLog,
  ) {}

  /** Puts back what a worker that was killed has left, in whatever mode; no-op when there is nothing. */
  recover(): void {
    this.putBack('put back what a worker that was killed had set');
  }

  /**
   * @param cpu the CPU that the run is pinned to, null when it is not or when it is a guest's
   * @param kernelLog whether its samples come through this machine's kernel log
   * @returns null in mode `off`
   */
  hold(cpu: number | null, kernelLog: boolean): Held | null {
    if (this.mode === 'off') return null;
    if (this.mode === 'read') return this.read(cpu, kernelLog);
    // Another worker may have been killed since this one started.
    this.recover();
    try {
      const { changes, refusals, findings } = setQuiet(this.machine, cpu, 'worker');
      this.holding = true;
      if (changes.length > 0) this.log.info({ cpu, files: filesByKnob(changes) }, 'machine made quiet for a run');
      return { noise: noiseFrom(findings, kernelLog, refusals), findings };
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      return this.withoutJournal(error, cpu, kernelLog);
    }
  }

  /** Puts back what `hold` has set. Synchronous, so that it can also be the last thing a process does. */
  release(): void {
    if (!this.holding) return;
    this.putBack('machine put back after a run');
    this.holding = false;
  }

  private read(cpu: number | null, kernelLog: boolean): Held {
    const findings = readFindings(this.machine, cpu);
    return { noise: noiseFrom(findings, kernelLog), findings };
  }

  /** The run goes on as the machine is. What an operator has set stays, and was all that could be. */
  private withoutJournal(error: JournalError, cpu: number | null, kernelLog: boolean): Held {
    const held = this.read(cpu, kernelLog);
    if (held.noise.verdict === 'quiet' || error.code === 'EEXIST') return held;
    this.log.warn({ error: error.message, remedy: error.remedy }, 'nothing can be set on this machine');
    return { ...held, noise: { ...held.noise, notSet: [`everything: ${error.code}`] } };
  }

  private putBack(message: string): void {
    try {
      const restoration = restore(this.machine, 'worker');
      if (restoration === null) return;
      const left = restoration.left.map(({ change, reason }) => `/${change.file}: ${reason}`);
      if (restoration.restored.length > 0) this.log.info({ files: filesByKnob(restoration.restored) }, message);
      if (left.length > 0) this.log.warn({ left }, 'not put back');
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      this.log.warn({ error: error.message, remedy: error.remedy }, 'this machine could not be put back');
    }
  }
}

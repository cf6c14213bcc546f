import os from 'node:os';
import type { BootState, Provenance } from '#contracts';
import { runProgram } from '../../exec/run-program.js';
import { bootStateFrom } from '../../facts/boot-state.js';
import { machineCpus, type MachineCpus } from '../../facts/cpu-list.js';
import { provenanceFrom } from '../../facts/evidence.js';
import { readHostTexts } from '../../facts/host-texts.js';
import type { CompileCache } from './compile-cache.js';
import { askMachine, identified } from './identify.js';

const dmesgLimitMs = 3_000;

/** What this machine is. */
export interface RealMachine {
  bootState: BootState;
  /** What figures measured on it are expected to be; each run says it again. */
  provenance: Provenance;
  cpus: MachineCpus;
}

/** The first lines of the kernel log, where the boot's facts stand; null where this user may not read it. */
async function kernelLogHead(signal: AbortSignal): Promise<string | null> {
  const { end, stdout } = await runProgram({ file: 'dmesg', args: [], timeLimitMs: dmesgLimitMs, signal });
  return end.kind === 'exit' && end.code === 0 ? stdout : null;
}

/**
 * Reads what this machine is and makes ready to measure on it. The CPU is asked already now what it says and shows of
 * itself, for which xperf is compiled; each run asks again.
 *
 * @throws HostUnreadableError on anything but x86 Linux.
 */
export async function readRealMachine(xperf: CompileCache, signal: AbortSignal): Promise<RealMachine> {
  const texts = await readHostTexts('/', { release: os.release(), version: os.version() }, await kernelLogHead(signal));
  const witness = await askMachine(xperf, signal);
  return {
    bootState: identified(bootStateFrom(texts), witness?.signature ?? null),
    provenance: provenanceFrom(witness).provenance,
    cpus: machineCpus(texts.processStatus, texts.isolatedCpus, texts.threadSiblings ?? {}),
  };
}

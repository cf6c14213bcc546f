import os from 'node:os';
import type { BootState } from '#contracts';
import type { ServedHost } from '../env/worker-settings.js';
import { runProgram } from '../exec/run-program.js';
import type { Executor } from '../executors/executor.js';
import { createPatchedHost } from '../executors/patched-host/patched-host.js';
import { CompileCache } from '../executors/stock-host/compile-cache.js';
import { askMachine, identified } from '../executors/stock-host/identify.js';
import { programFolder, xperfFolder } from '../executors/stock-host/sources.js';
import { createStockHost } from '../executors/stock-host/stock-host.js';
import { bootStateFrom } from '../facts/boot-state.js';
import { machineCpus } from '../facts/cpu-list.js';
import { provenanceFrom } from '../facts/evidence.js';
import { readHostTexts } from '../facts/host-texts.js';

const dmesgLimitMs = 3_000;

/** What real hosts need; made only when one is served, so that simulated fleets run anywhere. */
export interface RealHost {
  bootState: BootState;
  /** The executors of a host of this machine, in the order of its settings. */
  executorsOf: (host: Pick<ServedHost, 'executors' | 'batch'>) => Executor[];
}

/** The first lines of the kernel log, where the boot's facts stand; null where this user may not read it. */
async function kernelLogHead(signal: AbortSignal): Promise<string | null> {
  const { end, stdout } = await runProgram({ file: 'dmesg', args: [], timeLimitMs: dmesgLimitMs, signal });
  return end.kind === 'exit' && end.code === 0 ? stdout : null;
}

/**
 * Reads what this machine is and makes ready to measure on it. The CPU is asked already now what it says and shows of
 * itself, for which xperf is compiled; each run asks anew.
 *
 * @throws HostUnreadableError on anything but x86 Linux.
 */
export async function readRealHost(cacheDir: string, signal: AbortSignal): Promise<RealHost> {
  const texts = await readHostTexts('/', { release: os.release(), version: os.version() }, await kernelLogHead(signal));
  const xperf = new CompileCache(cacheDir, xperfFolder(), signal);
  const follow = new CompileCache(cacheDir, programFolder('follow'), signal, 'follow');
  const cpus = machineCpus(texts.processStatus, texts.isolatedCpus, texts.threadSiblings ?? {});
  const witness = await askMachine(xperf, signal);
  const bootState = identified(bootStateFrom(texts), witness?.signature ?? null);
  const { provenance } = provenanceFrom(witness);
  const architecture = process.arch;
  const stockHost = createStockHost({ bootState, provenance, programs: xperf, cpu: cpus.measuring, architecture });
  return {
    bootState,
    executorsOf: ({ executors, batch = 64 }) =>
      executors.map((name) =>
        name === 'patched-host'
          ? createPatchedHost({ bootState, provenance, xperf, follow, cpus, batch, architecture })
          : stockHost,
      ),
  };
}

import os from 'node:os';
import type { BootState } from '#contracts';
import type { ServedHost } from '../env/worker-settings.js';
import { runProgram } from '../exec/run-program.js';
import { ExecutionError, type Executor } from '../executors/executor.js';
import { createPatchedHost } from '../executors/patched-host/patched-host.js';
import { CompileCache } from '../executors/stock-host/compile-cache.js';
import { identified, readSignature } from '../executors/stock-host/identify.js';
import { programFolder, xperfFolder } from '../executors/stock-host/sources.js';
import { createStockHost } from '../executors/stock-host/stock-host.js';
import { bootStateFrom } from '../facts/boot-state.js';
import { machineCpus } from '../facts/cpu-list.js';
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
 * Reads what this machine is and makes ready to measure on it.
 *
 * @param identify whether to have the CPU asked for its hypervisor already now, for which xperf is compiled; each run
 *   asks anew
 * @throws HostUnreadableError on anything but x86 Linux.
 */
export async function readRealHost(cacheDir: string, identify: boolean, signal: AbortSignal): Promise<RealHost> {
  const texts = await readHostTexts('/', { release: os.release(), version: os.version() }, await kernelLogHead(signal));
  const xperf = new CompileCache(cacheDir, xperfFolder(), signal);
  const follow = new CompileCache(cacheDir, programFolder('follow'), signal, 'follow');
  const cpus = machineCpus(texts.processStatus, texts.isolatedCpus, texts.threadSiblings ?? {});
  const signature = identify ? await signatureOf(xperf, signal) : '';
  const bootState = identified(bootStateFrom(texts), signature);
  const architecture = process.arch;
  const stockHost = createStockHost({ bootState, programs: xperf, cpu: cpus.measuring, architecture });
  return {
    bootState,
    executorsOf: ({ executors, batch = 64 }) =>
      executors.map((name) =>
        name === 'patched-host'
          ? createPatchedHost({ bootState, xperf, follow, cpus, batch, architecture })
          : stockHost,
      ),
  };
}

/** The hypervisor's signature; as on bare metal when xperf can't be had, of which each run will tell. */
async function signatureOf(xperf: CompileCache, signal: AbortSignal): Promise<string> {
  try {
    return await readSignature(await xperf.program(), null, signal);
  } catch (error) {
    if (error instanceof ExecutionError) return '';
    throw error;
  }
}

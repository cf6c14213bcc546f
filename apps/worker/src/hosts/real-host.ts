import os from 'node:os';
import { runProgram } from '../exec/run-program.js';
import { CompileCache } from '../executors/stock-host/compile-cache.js';
import { xperfFolder } from '../executors/stock-host/sources.js';
import { createStockHost } from '../executors/stock-host/stock-host.js';
import { bootStateFrom } from '../facts/boot-state.js';
import { measuringCpu } from '../facts/cpu-list.js';
import { readHostTexts } from '../facts/host-texts.js';
import type { RealHost } from './serve-hosts.js';

const dmesgLimitMs = 3_000;

/** The first lines of the kernel log, where the boot's facts stand; null where this user may not read it. */
async function kernelLogHead(signal: AbortSignal): Promise<string | null> {
  const { end, stdout } = await runProgram({ file: 'dmesg', args: [], timeLimitMs: dmesgLimitMs, signal });
  return end.kind === 'exit' && end.code === 0 ? stdout : null;
}

/**
 * Reads what this machine is and makes ready to measure on it.
 *
 * @throws HostUnreadableError on anything but x86 Linux.
 */
export async function readRealHost(cacheDir: string, signal: AbortSignal): Promise<RealHost> {
  const texts = await readHostTexts('/', { release: os.release(), version: os.version() }, await kernelLogHead(signal));
  const bootState = bootStateFrom(texts);
  return {
    bootState,
    stockHost: createStockHost({
      bootState,
      programs: new CompileCache(cacheDir, xperfFolder(), signal),
      cpu: measuringCpu(texts.processStatus, texts.isolatedCpus),
      architecture: process.arch,
    }),
  };
}

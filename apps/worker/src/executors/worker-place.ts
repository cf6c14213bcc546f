import type { WorkerPlace } from './kind.js';
import { CompileCache } from './xperf/compile-cache.js';
import { readRealMachine, type RealMachine } from './xperf/real-machine.js';
import { xperfFolder } from './xperf/sources.js';

/** What the executor kinds of one worker share. */
export function workerPlace(
  { cacheDir, kernelDir }: Pick<WorkerPlace, 'cacheDir' | 'kernelDir'>,
  log: WorkerPlace['log'],
  stopping: AbortSignal,
): WorkerPlace {
  const xperf = new CompileCache(cacheDir, xperfFolder(), stopping);
  let machine: Promise<RealMachine> | undefined;
  return { cacheDir, kernelDir, xperf, machine: () => (machine ??= readRealMachine(xperf, stopping)), log, stopping };
}

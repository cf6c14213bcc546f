import type { BootState, Provenance } from '#contracts';
import { join } from 'node:path';
import type { ServedHost, WorkerSettings } from '../env/worker-settings.js';
import { ExecutionError, type Executor } from '../executors/executor.js';
import type { Accelerator } from '../executors/vm/accelerators.js';
import { Guests } from '../executors/vm/guests.js';
import { bootableSeries } from '../executors/vm/kernel-images.js';
import { RunFolders } from '../executors/vm/run-folders.js';
import { unseenGuest } from '../executors/vm/unseen-guest.js';
import { createVm, provenanceUnder } from '../executors/vm/vm.js';
import { CompileCache } from '../executors/stock-host/compile-cache.js';
import { askMachine } from '../executors/stock-host/identify.js';
import { xperfFolder } from '../executors/stock-host/sources.js';
import type { CpuWitness } from '../facts/evidence.js';

/** A guest boots within seconds under emulation, on a machine that is otherwise idle. */
const describeLimitMs = 60_000;

/** A virtual host: what its guests are, and how they run. */
export interface VmHost {
  bootState: BootState;
  executor: Executor;
}

interface VmHostLog {
  warn(facts: object, message: string): void;
}

/**
 * Boots a guest of each virtual host, one after the other, to see what it is. A host whose guest does not come up is
 * served all the same: its runs fail with the reason until that is mended.
 */
export async function readVmHosts(
  { hosts, cacheDir, kernelDir }: Pick<WorkerSettings, 'hosts' | 'cacheDir' | 'kernelDir'>,
  log: VmHostLog,
  stopping: AbortSignal,
): Promise<Map<ServedHost['hostId'], VmHost>> {
  const read = new Map<string, VmHost>();
  const folders = new RunFolders(join(cacheDir, 'vm-runs'));
  const guests = new Guests(kernelDir, folders, stopping);
  const virtual = hosts.flatMap(({ hostId, vm }) => (vm === undefined ? [] : [{ hostId, vm }]));
  if (virtual.length > 0) await folders.sweep();
  const series = virtual.length > 0 ? await bootableSeries(kernelDir) : [];
  const xperf = new CompileCache(cacheDir, xperfFolder(), stopping);
  const ask = (signal: AbortSignal): Promise<CpuWitness | null> => askMachine(xperf, signal);
  const expected = async (accelerator: Accelerator): Promise<Provenance> =>
    provenanceUnder(accelerator, accelerator === 'kvm' ? await ask(stopping) : null).provenance;
  for (const { hostId, vm } of virtual) {
    try {
      const bootState = await guests.describe(vm, describeLimitMs);
      const provenance = await expected(bootState.hypervisor === 'kvm' ? 'kvm' : 'tcg');
      read.set(hostId, { bootState, executor: createVm(vm, guests, provenance, series, ask) });
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      log.warn({ hostId, failure: error.failure }, 'no guest of this host comes up; its runs will fail');
      const provenance = await expected(vm.accelerator === 'kvm' ? 'kvm' : 'tcg');
      read.set(hostId, {
        bootState: unseenGuest(vm, error.failure),
        executor: createVm(vm, guests, provenance, series, ask),
      });
    }
  }
  return read;
}

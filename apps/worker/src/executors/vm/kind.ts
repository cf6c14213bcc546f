import type { Provenance } from '#contracts';
import { usualSeries } from '#kernel-series';
import { join } from 'node:path';
import * as z from 'zod';
import { ExecutionError } from '../executor.js';
import type { ExecutorKind } from '../kind.js';
import { askMachine } from '../xperf/identify.js';
import type { CpuWitness } from '../../facts/evidence.js';
import type { Accelerator } from './accelerators.js';
import { Guests } from './guests.js';
import { bootableSeries } from './kernel-images.js';
import { RunFolders } from './run-folders.js';
import { unseenGuest } from './unseen-guest.js';
import { createVm, provenanceUnder } from './vm.js';
import { vmSettingsSchema } from './vm-settings.js';

/** A guest boots within seconds under emulation, on a machine that is otherwise idle. */
const describeLimitMs = 60_000;

const needed = `executor vm needs its guests, for example {"series":"${usualSeries}","kpti":true}`;
const settings = z.object({
  /** The host's guests when a job does not ask for others by its matrix. */
  vm: z
    .unknown()
    .refine((vm) => vm !== undefined, needed)
    .pipe(vmSettingsSchema),
});

/**
 * A host is what its guests are, so one is booted to see. A host whose guest does not come up is served all the same: its
 * runs fail with the reason until that is repaired.
 */
export const vmKind: ExecutorKind = {
  settings,
  open: async ({ cacheDir, kernelDir, xperf, log, stopping }) => {
    const folders = new RunFolders(join(cacheDir, 'vm-runs'));
    const guests = new Guests(kernelDir, folders, stopping);
    await folders.sweep();
    const series = await bootableSeries(kernelDir);
    const ask = (signal: AbortSignal): Promise<CpuWitness | null> => askMachine(xperf, signal);
    const expected = async (accelerator: Accelerator): Promise<Provenance> =>
      provenanceUnder(accelerator, accelerator === 'kvm' ? await ask(stopping) : null).provenance;
    return async (host) => {
      const { vm } = settings.parse(host);
      try {
        const bootState = await guests.describe(vm, describeLimitMs);
        const provenance = await expected(bootState.hypervisor === 'kvm' ? 'kvm' : 'tcg');
        return { bootState, executor: createVm(vm, guests, provenance, series, ask) };
      } catch (error) {
        if (!(error instanceof ExecutionError)) throw error;
        const { failure } = error;
        log.warn({ hostId: host.hostId, failure }, 'no guest of this host comes up; its runs will fail');
        const provenance = await expected(vm.accelerator === 'kvm' ? 'kvm' : 'tcg');
        return { bootState: unseenGuest(vm, failure), executor: createVm(vm, guests, provenance, series, ask) };
      }
    };
  },
};

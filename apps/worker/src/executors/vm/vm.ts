import type { Provenance } from '#contracts';
import type { Execution, ExecutionRequest, Executor } from '../executor.js';
import type { Accelerator } from './accelerators.js';
import type { Guests } from './guests.js';
import type { VmSettings } from './vm-settings.js';

/** Emulated instructions say nothing of hardware; under KVM the CPU itself runs them, in a VM. */
export function provenanceOf(accelerator: Accelerator): Provenance {
  return accelerator === 'kvm' ? 'measured' : 'emulated';
}

/**
 * Measures u2k and k2u in a guest with the patched kernel, booted for each run.
 *
 * @param provenance what its figures are expected to be; each run says it anew
 */
export function createVm(vm: VmSettings, guests: Guests, provenance: Provenance): Executor {
  return {
    name: 'vm',
    probes: ['pf'],
    provenance,
    prepare: (request, signal) => prepare(vm, guests, request, signal),
  };
}

async function prepare(
  vm: VmSettings,
  guests: Guests,
  { probe, faults, warmup, nonce, timeoutMs }: ExecutionRequest,
  signal: AbortSignal,
): Promise<Execution> {
  const numbers = { faults, warmup, batch: 64, cpu: 0 };
  const options = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const parameters = ['--probe', probe, '--run', nonce, ...options];
  const { guest, bootState, accelerator } = await guests.boot(vm, parameters, timeoutMs, signal);
  return {
    bootState,
    provenance: provenanceOf(accelerator),
    execute: () => guest.log(),
    discard: () => guest.discard(),
  };
}

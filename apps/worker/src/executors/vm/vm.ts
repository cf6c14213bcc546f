import { probeOf, probesOf, type Evidence, type KernelSeries, type Provenance } from '#contracts';
import { provenanceFrom, type CpuWitness } from '../../facts/evidence.js';
import { ExecutionError, type Execution, type ExecutionRequest, type Executor } from '../executor.js';
import type { Accelerator } from './accelerators.js';
import type { Guests } from './guests.js';
import { unseenGuest } from './unseen-guest.js';
import { inCell, type VmSettings } from './vm-settings.js';

/**
 * Emulated instructions say nothing of hardware. Under KVM the machine's own CPU runs them, so what that shows counts: the
 * machine may be emulated itself.
 */
export function provenanceUnder(
  accelerator: Accelerator,
  machine: CpuWitness | null,
): { provenance: Provenance; evidence: Evidence } {
  if (accelerator === 'kvm') return provenanceFrom(machine);
  const reason = 'the worker started QEMU without KVM';
  return { provenance: 'emulated', evidence: { signature: null, cycles: {}, reason } };
}

/**
 * Measures u2k and k2u, or round trips, in a guest with the patched kernel, booted for each run.
 *
 * @param own the guests of runs whose job has no matrix
 * @param provenance what its figures are expected to be; each run says it again
 * @param series of which there are images
 * @param askMachine what the machine's CPU says and shows of itself; asked for runs under KVM
 */
export function createVm(
  own: VmSettings,
  guests: Guests,
  provenance: Provenance,
  series: readonly KernelSeries[],
  askMachine: (signal: AbortSignal) => Promise<CpuWitness | null>,
): Executor {
  return {
    name: 'vm',
    probes: probesOf('vm'),
    provenance,
    series,
    prepare: (request, signal) => prepare(own, guests, askMachine, request, signal),
  };
}

async function prepare(
  own: VmSettings,
  guests: Guests,
  askMachine: (signal: AbortSignal) => Promise<CpuWitness | null>,
  { probe, faults, warmup, nonce, timeoutMs, guest: cell }: ExecutionRequest,
  signal: AbortSignal,
): Promise<Execution> {
  const numbers = { faults, warmup, batch: 64, cpu: 0 };
  const options = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const parameters = ['--probe', probe, '--run', nonce, ...options];
  const vm = cell === undefined ? own : inCell(own, cell);
  const { guest, bootState, accelerator } = await guests
    .boot(vm, { parameters, printer: probeOf(probe).printer }, timeoutMs, signal)
    .catch((error: unknown) => {
      // A run of a cell that fails must not stand under the boot state of the host's own guests.
      throw error instanceof ExecutionError ? new ExecutionError(error.failure, unseenGuest(vm, error.failure)) : error;
    });
  let provenance;
  try {
    provenance = provenanceUnder(accelerator, accelerator === 'kvm' ? await askMachine(signal) : null);
  } catch (error) {
    await guest.discard();
    throw error;
  }
  return {
    bootState,
    ...provenance,
    // Its CPUs are its own; QEMU's threads here are pinned nowhere.
    pinnedCpu: null,
    // A guest is booted for each run.
    bootId: nonce,
    execute: () => guest.log(),
    discard: () => guest.discard(),
  };
}

import type { BootState, Provenance } from '#contracts';
import { runProgram } from '../../exec/run-program.js';
import { hypervisorOfSignature } from '../../facts/virtualization.js';
import { ExecutionError } from '../executor.js';
import type { CompiledProgram } from './compile-cache.js';
import { failureOf } from './xperf-end.js';

const limitMs = 10_000;

/**
 * Pins xperf to the CPU, which proves that it may, and has it read which hypervisor that CPU names.
 *
 * @returns the signature of CPUID leaf 0x40000000; empty on bare metal
 * @throws ExecutionError `pin-failed`, or another end of xperf
 */
export async function readSignature(
  program: CompiledProgram,
  cpu: number | null,
  signal: AbortSignal,
): Promise<string> {
  const args = ['--identify', ...(cpu === null ? [] : ['--cpu', String(cpu)])];
  const { end, stdout, stderr } = await runProgram({ file: program.path, args, timeLimitMs: limitMs, signal });
  signal.throwIfAborted();
  const failure = failureOf(end, stderr, limitMs);
  if (failure !== null) throw new ExecutionError(failure);
  return /^hypervisor=(.*)$/m.exec(stdout)?.[1] ?? '';
}

/**
 * The boot state with what the CPU itself says of a hypervisor, which no text of the kernel's outweighs: the kernel
 * names none under emulation, and DMI says QEMU for KVM and emulation alike. Under emulation the counter's rate is the
 * outer machine's clock, calibrated anew at each boot, so it is no fact of this host.
 */
export function identified(bootState: BootState, signature: string): BootState {
  if (signature === '') return bootState;
  // gVisor is a kernel of its own in whatever VM, and has the crossings of neither.
  if (bootState.hypervisor === 'gvisor') return bootState;
  const hypervisor = hypervisorOfSignature(signature) ?? bootState.hypervisor;
  const emulated = hypervisor === 'qemu-tcg' ? { tscKhz: null, tscInvariant: null } : {};
  return { ...bootState, ...emulated, hypervisor, virtualization: 'vm' };
}

/** Emulated instructions say nothing of hardware; in any other machine, virtual or not, the CPU itself ran them. */
export function provenanceOn(bootState: Pick<BootState, 'hypervisor'>): Provenance {
  return bootState.hypervisor === 'qemu-tcg' ? 'emulated' : 'measured';
}

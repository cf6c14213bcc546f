import type { BootState } from '#contracts';
import { runProgram } from '../../exec/run-program.js';
import type { CpuWitness } from '../../facts/evidence.js';
import { hypervisorOfSignature } from '../../facts/virtualization.js';
import { ExecutionError } from '../executor.js';
import type { CompileCache, CompiledProgram } from './compile-cache.js';
import { failureOf } from './xperf-end.js';

const limitMs = 10_000;

/**
 * Pins xperf to the CPU, which proves that it may, and has it read what that CPU says and shows of itself: the
 * hypervisor that CPUID names, and the pace of its instructions. Takes about 15 ms with the program's start.
 *
 * @throws ExecutionError `pin-failed`, or another end of xperf
 */
export async function readWitness(
  program: CompiledProgram,
  cpu: number | null,
  signal: AbortSignal,
): Promise<CpuWitness> {
  const args = ['--identify', ...(cpu === null ? [] : ['--cpu', String(cpu)])];
  const { end, stdout, stderr } = await runProgram({ file: program.path, args, timeLimitMs: limitMs, signal });
  signal.throwIfAborted();
  const failure = failureOf(end, stderr, limitMs);
  if (failure !== null) throw new ExecutionError(failure);
  return witnessOf(stdout);
}

/**
 * The boot state with what the CPU itself says of a hypervisor, which no text of the kernel's outweighs: the kernel
 * names none under emulation, and DMI says QEMU for KVM and emulation alike. Under emulation the counter's rate is the
 * outer machine's clock, calibrated again at each boot, so it is no fact of this host.
 */
export function identified(bootState: BootState, signature: string | null): BootState {
  if (!signature) return bootState;
  // gVisor is a kernel of its own in whatever VM, and has the crossings of neither.
  if (bootState.hypervisor === 'gvisor') return bootState;
  const hypervisor = hypervisorOfSignature(signature) ?? bootState.hypervisor;
  const emulated = hypervisor === 'qemu-tcg' ? { tscKhz: null, tscInvariant: null } : {};
  return { ...bootState, ...emulated, hypervisor, virtualization: 'vm' };
}

/** What this machine's CPU says and shows of itself; null when xperf can't be had, of which each run will tell. */
export async function askMachine(
  xperf: Pick<CompileCache, 'program'>,
  signal: AbortSignal,
): Promise<CpuWitness | null> {
  try {
    return await readWitness(await xperf.program(), null, signal);
  } catch (error) {
    if (error instanceof ExecutionError) return null;
    throw error;
  }
}

/** What `xperf --identify` printed. */
export function witnessOf(text: string): CpuWitness {
  const paces = [...text.matchAll(/^(\w{1,16})=(-?\d+(?:\.\d+)?)$/gm)].map(([, name = '', cycles]) => [
    name,
    Number(cycles),
  ]);
  return {
    signature: /^hypervisor=(.{0,12})/m.exec(text)?.[1] ?? null,
    cycles: Object.fromEntries(paces) as CpuWitness['cycles'],
  };
}

import type { BootState, ImportQuery } from '#contracts';
import { identifyCpu } from '#cpu-catalog';
import type { BootLines } from '#dmesg';

const unknown = 'unknown';

/** The kernel prints the CPU's name only; its vendor stands in it. */
function vendorOf(name: string): string {
  if (name.includes('Intel')) return 'GenuineIntel';
  return name.includes('AMD') ? 'AuthenticAMD' : unknown;
}

function cpuOf(cpu: BootLines['cpu']): BootState['cpu'] {
  if (cpu === null) {
    const names = { vendor: unknown, name: unknown, microarchitecture: unknown, generation: unknown };
    return { ...names, family: 0, model: 0, stepping: 0, year: null };
  }
  const identity = { ...cpu, vendor: vendorOf(cpu.name) };
  const { microarchitecture, generation, year } = identifyCpu(identity);
  return { ...identity, microarchitecture, generation, year };
}

/** The boot state of an imported run: what the log says and what was said with it, which wins. All else is not known. */
export function importedBootState(log: BootLines, said: Pick<ImportQuery, 'kernel' | 'tscKhz'>): BootState {
  return {
    cpu: cpuOf(log.cpu),
    microcode: log.microcode,
    kernelRelease: said.kernel ?? log.kernelRelease ?? unknown,
    kernelVersion: log.kernelVersion,
    kernelCommandLine: log.commandLine,
    mitigations: {},
    kpti: log.kpti,
    smt: null,
    governor: null,
    turbo: null,
    tscKhz: said.tscKhz ?? log.tscKhz,
    tscInvariant: null,
    // Bare metal says nothing of it, and neither does a log whose beginning is missing.
    virtualization: log.hypervisor === null ? 'unknown' : 'vm',
    hypervisor: log.hypervisor,
    clockSource: log.clockSource,
    cpus: log.cpus,
    extra: {},
  };
}

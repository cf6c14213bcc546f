// Hosts that tests and benches speak of.
import type { BootState, HostDescription } from '#contracts';

export const bootStateOf = (generation: string): BootState => ({
  cpu: {
    vendor: 'GenuineIntel',
    family: 6,
    model: 63,
    stepping: 2,
    name: `${generation} CPU`,
    microarchitecture: generation.toLowerCase(),
    generation,
    year: 2014,
  },
  microcode: '0x49',
  kernelRelease: '6.1.0',
  kernelVersion: null,
  kernelCommandLine: null,
  mitigations: {},
  kpti: false,
  smt: 'on',
  governor: null,
  turbo: null,
  tscKhz: 2_300_000,
  tscInvariant: true,
  virtualization: 'bare',
  hypervisor: null,
  clockSource: 'tsc',
  cpus: 2,
  extra: {},
});

/** A simulated host that serves the page-fault probe. */
export const simulatedHost = (hostId: string, generation = 'Haswell-EP'): HostDescription => ({
  hostId,
  labels: {},
  capabilities: [{ executor: 'simulator', probes: ['pf'], provenance: 'simulated' }],
  bootState: bootStateOf(generation),
});

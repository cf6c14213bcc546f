import type { BootState, Failure } from '#contracts';
import type { VmSettings } from './vm-settings.js';

/** The boot state of a guest that did not come up: what was asked for, and nothing else. */
export function unseenGuest(vm: VmSettings, { code }: Failure): BootState {
  const unknown = 'unknown';
  return {
    cpu: {
      ...{ vendor: unknown, family: 0, model: 0, stepping: 0, name: vm.cpuModel ?? unknown },
      ...{ microarchitecture: unknown, generation: unknown, year: null },
    },
    microcode: null,
    kernelRelease: vm.series,
    kernelVersion: null,
    kernelCommandLine: null,
    mitigations: {},
    kpti: vm.kpti,
    smt: null,
    governor: null,
    turbo: null,
    tscKhz: null,
    tscInvariant: null,
    virtualization: 'vm',
    hypervisor: null,
    clockSource: null,
    cpus: 1,
    extra: {
      notBooted: code,
      ...(vm.cpuModel === undefined ? {} : { cpuModel: vm.cpuModel }),
      ...(vm.bootOptions === undefined ? {} : { bootOptions: vm.bootOptions }),
    },
  };
}

import type { BootState } from '#contracts';
import { identifyCpu } from '#cpu-catalog';
import { crossingCosts } from '../costs/crossing.js';
import type { SimulatedMachine } from '../vocabulary/simulated-machine.js';
import { findMachine } from './catalogue.js';

const bandOf = (machine: SimulatedMachine): number =>
  Math.max(...Object.values(crossingCosts(machine)).map(({ errorBand }) => errorBand));

/** The boot state that a simulated host reports; its `extra` says that it is simulated and how far to trust it. */
export function simulatedBootState(machineOrName: string | SimulatedMachine): BootState {
  const machine = typeof machineOrName === 'string' ? findMachine(machineOrName) : machineOrName;
  const { microarchitecture, generation, year } = identifyCpu(machine.cpu);
  const virtualized = machine.paging !== 'bare';
  const { u2k, k2u } = crossingCosts(machine);
  const errorBand = bandOf(machine);
  return {
    cpu: { ...machine.cpu, microarchitecture, generation, year },
    microcode: null,
    kernelRelease: machine.kernelRelease,
    kernelVersion: null,
    kernelCommandLine: machine.kernelCommandLine,
    mitigations: {
      meltdown: machine.kpti ? 'Mitigation: PTI' : 'Vulnerable',
      mds: machine.verw ? 'Mitigation: Clear CPU buffers; SMT disabled' : 'Vulnerable; SMT disabled',
    },
    kpti: machine.kpti,
    smt: 'off',
    governor: 'performance',
    turbo: machine.coreMhz > machine.tscMhz,
    tscKhz: machine.tscMhz * 1_000,
    tscInvariant: true,
    virtualization: virtualized ? 'vm' : 'bare',
    hypervisor: virtualized ? 'kvm' : null,
    clockSource: 'tsc',
    cpus: machine.cpus,
    extra: {
      simulator: 'entry-sim, cost model 4',
      machine: machine.name,
      'error-band': `±${Math.round(errorBand * 100)} %`,
      standing: u2k.standing === 'simulated' && k2u.standing === 'simulated' ? 'simulated' : 'estimate',
      paging: machine.paging,
      'core-mhz': String(machine.coreMhz),
    },
  };
}

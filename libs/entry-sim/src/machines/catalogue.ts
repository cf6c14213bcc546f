import type { CostTable } from '../costs/microarchitectures.js';
import { SimulationRefused } from '../vocabulary/simulation-refused.js';
import type { SimulatedMachine } from '../vocabulary/simulated-machine.js';

const kernel = '6.1.192-xperf';
/** As the origin measured: no page-table isolation, no buffer clearing inside the windows. */
const bareCommandLine = 'quiet loglevel=4 log_buf_len=16M mitigations=off';
const mitigatedCommandLine = 'quiet loglevel=4 log_buf_len=16M pti=on mds=full';

interface Model {
  name: string;
  cpuName: string;
  family: number;
  model: number;
  stepping: number;
  costs: CostTable;
  tscMhz: number;
  coreMhz: number;
  cpus: number;
}

/** A bare-metal machine under the origin's conditions. Clocks: the vendor's base clock and maximum turbo. */
function bare(vendor: string, { name, cpuName, family, model, stepping, ...rest }: Model): SimulatedMachine {
  const cpu = { vendor, family, model, stepping, name: cpuName };
  // Zen's TSC advances in steps of the base clock over 100 MHz; Intel's by 1 or 2. Both are assumed, trust C.
  const tscStep = vendor === 'AuthenticAMD' ? Math.round(rest.tscMhz / 100) : 1;
  const conditions = { program: 'hook-6.1', kpti: false, verw: false, paging: 'bare' } as const;
  return { name, cpu, tscStep, kernelRelease: kernel, kernelCommandLine: bareCommandLine, ...conditions, ...rest };
}

const intel = (model: Omit<Model, 'family'>): SimulatedMachine => bare('GenuineIntel', { family: 6, ...model });
const amd = (model: Model): SimulatedMachine => bare('AuthenticAMD', model);

// prettier-ignore
const bareMachines = [
  intel({ name: 'sandy-bridge-ep', cpuName: 'Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz', model: 0x2d, stepping: 7, costs: 'sandy-bridge', tscMhz: 2_600, coreMhz: 3_300, cpus: 16 }),
  intel({ name: 'ivy-bridge-ep', cpuName: 'Intel(R) Xeon(R) CPU E5-2670 v2 @ 2.50GHz', model: 0x3e, stepping: 4, costs: 'ivy-bridge', tscMhz: 2_500, coreMhz: 3_300, cpus: 20 }),
  intel({ name: 'haswell-ep', cpuName: 'Intel(R) Xeon(R) CPU E5-2630 v3 @ 2.40GHz', model: 0x3f, stepping: 2, costs: 'haswell', tscMhz: 2_400, coreMhz: 3_200, cpus: 16 }),
  intel({ name: 'broadwell-ep', cpuName: 'Intel(R) Xeon(R) CPU E5-2630 v4 @ 2.20GHz', model: 0x4f, stepping: 1, costs: 'broadwell', tscMhz: 2_200, coreMhz: 3_100, cpus: 20 }),
  intel({ name: 'skylake-sp', cpuName: 'Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz', model: 0x55, stepping: 4, costs: 'skylake', tscMhz: 2_400, coreMhz: 3_700, cpus: 40 }),
  intel({ name: 'cascade-lake', cpuName: 'Intel(R) Xeon(R) Platinum 8280 CPU @ 2.70GHz', model: 0x55, stepping: 7, costs: 'cascade-lake', tscMhz: 2_700, coreMhz: 4_000, cpus: 56 }),
  intel({ name: 'ice-lake-sp', cpuName: 'Intel(R) Xeon(R) Platinum 8380 CPU @ 2.30GHz', model: 0x6a, stepping: 6, costs: 'ice-lake', tscMhz: 2_300, coreMhz: 3_400, cpus: 80 }),
  // Hybrid: the measuring core is a performance core here, an efficiency core there; the TSC ticks at the same rate.
  intel({ name: 'alder-lake-p', cpuName: '12th Gen Intel(R) Core(TM) i9-12900K', model: 0x97, stepping: 2, costs: 'golden-cove', tscMhz: 3_187, coreMhz: 5_200, cpus: 16 }),
  intel({ name: 'alder-lake-e', cpuName: '12th Gen Intel(R) Core(TM) i9-12900K', model: 0x97, stepping: 2, costs: 'gracemont', tscMhz: 3_187, coreMhz: 3_900, cpus: 8 }),
  intel({ name: 'sapphire-rapids', cpuName: 'Intel(R) Xeon(R) Platinum 8480+', model: 0x8f, stepping: 8, costs: 'golden-cove', tscMhz: 2_000, coreMhz: 3_800, cpus: 112 }),
  amd({ name: 'zen', cpuName: 'AMD EPYC 7601 32-Core Processor', family: 0x17, model: 0x01, stepping: 2, costs: 'zen', tscMhz: 2_200, coreMhz: 3_200, cpus: 64 }),
  amd({ name: 'zen2', cpuName: 'AMD EPYC 7742 64-Core Processor', family: 0x17, model: 0x31, stepping: 0, costs: 'zen2', tscMhz: 2_250, coreMhz: 3_400, cpus: 128 }),
  amd({ name: 'zen3', cpuName: 'AMD EPYC 7763 64-Core Processor', family: 0x19, model: 0x01, stepping: 1, costs: 'zen3', tscMhz: 2_450, coreMhz: 3_500, cpus: 128 }),
  amd({ name: 'zen4', cpuName: 'AMD EPYC 9654 96-Core Processor', family: 0x19, model: 0x11, stepping: 1, costs: 'zen4', tscMhz: 2_400, coreMhz: 3_700, cpus: 192 }),
  amd({ name: 'zen5', cpuName: 'AMD EPYC 9755 128-Core Processor', family: 0x1a, model: 0x02, stepping: 1, costs: 'zen5', tscMhz: 2_700, coreMhz: 4_100, cpus: 256 }),
] satisfies SimulatedMachine[];

function named(name: string): SimulatedMachine {
  const machine = bareMachines.find((candidate) => candidate.name === name);
  if (machine === undefined) throw new Error(`no bare machine ${name}`);
  return machine;
}

const variants: SimulatedMachine[] = [
  // Assumed: a guest on a fully loaded host, whose cores stay at the base clock.
  { ...named('haswell-ep'), name: 'haswell-ep-vm', coreMhz: 2_400, paging: 'ept', cpus: 4 },
  {
    ...named('skylake-sp'),
    name: 'skylake-sp-mitigated',
    kpti: true,
    verw: true,
    kernelCommandLine: mitigatedCommandLine,
  },
];

/** All simulated machines by name. */
export const simulatedMachines: Readonly<Record<string, SimulatedMachine>> = Object.freeze(
  Object.fromEntries([...bareMachines, ...variants].map((machine) => [machine.name, machine])),
);

/** @throws SimulationRefused naming `field` and the machines that there are. */
export function findMachine(name: string, field = 'machine'): SimulatedMachine {
  const machine = Object.hasOwn(simulatedMachines, name) ? simulatedMachines[name] : undefined;
  if (machine !== undefined) return machine;
  const known = Object.keys(simulatedMachines).join(', ');
  throw new SimulationRefused(field, `"${name}" is not a simulated machine`, `choose one of: ${known}`);
}

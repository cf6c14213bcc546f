import type { SimulatedMachine } from '#entry-sim';
import { onOff } from '#wording';

/** The machine and its conditions in two lines. */
export function machineText(machine: SimulatedMachine, lineage: string): string {
  const { name, cpu, tscMhz, coreMhz, tscStep, kpti, verw, paging, program } = machine;
  return [
    `${name}: ${cpu.name} (costs: ${machine.costs}, ${lineage})`,
    `TSC ${tscMhz} MHz, core ${coreMhz} MHz, TSC step ${tscStep}; KPTI ${onOff(kpti)}, VERW ${onOff(verw)}, ${paging}, ${program}`,
  ].join('\n');
}

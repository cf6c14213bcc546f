import type { SimulatedMachine } from '#entry-sim';

const onOff = (on: boolean): string => (on ? 'on' : 'off');
export const percent = (share: number): string => `± ${Math.round(share * 100)} %`;

/** The machine and its conditions in two lines. */
export function machineText(machine: SimulatedMachine, lineage: string): string {
  const { name, cpu, tscMhz, coreMhz, tscStep, kpti, verw, paging, program } = machine;
  return [
    `${name}: ${cpu.name} (costs: ${machine.costs}, ${lineage})`,
    `TSC ${tscMhz} MHz, core ${coreMhz} MHz, TSC step ${tscStep}; KPTI ${onOff(kpti)}, VERW ${onOff(verw)}, ${paging}, ${program}`,
  ].join('\n');
}

import { crossingCosts, inTscCycles } from '../costs/crossing.js';
import { lineages } from '../costs/lineage.js';
import { microarchitectureCosts } from '../costs/microarchitectures.js';
import { PAGING_MODES, type Paging } from '../costs/paging.js';
import { findMachine } from '../machines/catalogue.js';
import type { SimulatedMachine } from '../vocabulary/simulated-machine.js';
import { SimulationRefused } from '../vocabulary/simulation-refused.js';
import { PROGRAM_NAMES, type ProgramName } from '../vocabulary/crossing-trace.js';
import { kptiDelta } from './kpti-delta.js';

/** What to predict: a machine of the catalogue, and what is to be different about it. */
export interface Conditions {
  /** Key of `simulatedMachines`. */
  cpu: string;
  kpti?: boolean | undefined;
  verw?: boolean | undefined;
  virt?: Paging | undefined;
  program?: ProgramName | undefined;
  /** Clock of the core and of the TSC in MHz; their ratio scales every figure. */
  coreMhz?: number | undefined;
  tscMhz?: number | undefined;
}

export interface PredictedFigure {
  what: 'u2k' | 'k2u' | 'kpti';
  coreCycles: number;
  tscCycles: number;
  ns: number;
  /** Half-width as a share, and the band in TSC cycles. */
  errorBand: number;
  lowTscCycles: number;
  highTscCycles: number;
  standing: 'simulated' | 'estimate';
}

export interface Prediction {
  machine: SimulatedMachine;
  lineage: string;
  figures: PredictedFigure[];
  /** Where a mitigation has its cost, as far as a window is concerned. */
  mitigations: { name: string; where: string }[];
}

const clockRange = { min: 100, max: 10_000 };

function clock(field: 'coreMhz' | 'tscMhz', mhz: number): number {
  const { min, max } = clockRange;
  if (Number.isFinite(mhz) && mhz >= min && mhz <= max) return mhz;
  throw new SimulationRefused(field, `${mhz} MHz is not a clock`, `give a number from ${min} to ${max}`);
}

/** The machine under the conditions asked for. @throws SimulationRefused naming the condition and the remedy. */
export function machineUnder({ cpu, kpti, verw, virt, program, coreMhz, tscMhz }: Conditions): SimulatedMachine {
  const machine = findMachine(cpu, 'cpu');
  if (virt !== undefined && !PAGING_MODES.includes(virt))
    throw new SimulationRefused('virt', `"${String(virt)}" is not known`, `choose one of: ${PAGING_MODES.join(', ')}`);
  if (program !== undefined && !PROGRAM_NAMES.includes(program))
    throw new SimulationRefused(
      'program',
      `"${String(program)}" is not known`,
      `choose one of: ${PROGRAM_NAMES.join(', ')}`,
    );
  return {
    ...machine,
    kpti: kpti ?? machine.kpti,
    verw: verw ?? machine.verw,
    paging: virt ?? machine.paging,
    program: program ?? machine.program,
    coreMhz: clock('coreMhz', coreMhz ?? machine.coreMhz),
    tscMhz: clock('tscMhz', tscMhz ?? machine.tscMhz),
  };
}

/**
 * What one crossing costs under the conditions, without noise.
 *
 * @throws SimulationRefused naming the condition and the remedy.
 */
export function predict(conditions: Conditions): Prediction {
  const machine = machineUnder(conditions);
  const { u2k, k2u } = crossingCosts(machine);
  const kpti = machine.kpti ? [{ what: 'kpti' as const, ...kptiDelta(machine) }] : [];
  const figures = [{ what: 'u2k' as const, ...u2k }, { what: 'k2u' as const, ...k2u }, ...kpti].map(
    ({ what, coreCycles, errorBand, standing }): PredictedFigure => {
      const tscCycles = inTscCycles(coreCycles, machine);
      return {
        what,
        coreCycles,
        tscCycles,
        ns: (coreCycles * 1_000) / machine.coreMhz,
        errorBand,
        // Of a band beyond 100 %, no cost is below none.
        lowTscCycles: Math.max(0, tscCycles * (1 - errorBand)),
        highTscCycles: tscCycles * (1 + errorBand),
        standing,
      };
    },
  );
  const { lineage } = microarchitectureCosts[machine.costs];
  const inWindow = [...u2k.charges, ...k2u.charges].some(({ costClass }) => costClass === 'verw');
  const mitigations = [
    {
      name: 'KPTI',
      where: machine.kpti
        ? 'its CR3 writes stand outside both windows; shown apart as "kpti"'
        : 'off: no CR3 write at all',
    },
    { name: 'VERW', where: inWindow ? 'stands inside the k2u window' : 'not in use here' },
    { name: 'IBRS', where: 'its WRMSRs stand outside both windows' },
    { name: 'retpoline', where: 'neither window holds an indirect branch' },
  ];
  return { machine, lineage: lineages[lineage].name, figures, mitigations };
}

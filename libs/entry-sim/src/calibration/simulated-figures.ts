import { crossingCosts } from '../costs/crossing.js';
import type { Cost } from '../costs/constant.js';
import { type Confidence, confidenceOf } from '../costs/error-band.js';
import { type CostTable, microarchitectureCosts } from '../costs/microarchitectures.js';
import type { Lineage } from '../costs/lineage.js';
import { findMachine } from '../machines/catalogue.js';
import { kptiDelta } from '../predict/kpti-delta.js';

/**
 * What a figure is to the model.
 * - `check`: the model knows nothing of it.
 * - `anchor`: the constants behind it were chosen with it in view; that it fits proves little.
 * - `input`: it is one of the model's constants; its ratio is 1 by construction.
 */
export type Role = 'check' | 'anchor' | 'input';

/** What a band is of: a core and its relatives, what KPTI adds, a VM exit. */
export type Grade = Lineage | 'kpti' | 'vm-exit';

export interface SimulatedFigure extends Confidence {
  value: number;
  role: Role;
  /** The band that a `check` tests; null of all others. */
  grade: Grade | null;
  note: string | null;
}

interface Simulation {
  role: Role;
  grade?: Grade;
  note?: string;
  simulate: () => Confidence & { value: number };
}

const haswell = microarchitectureCosts.haswell;
const ofCosts = (...costs: Cost[]): Confidence & { value: number } => ({
  value: costs.reduce((sum, { cycles }) => sum + cycles, 0),
  ...confidenceOf(costs, 'haswell'),
});
const window = (machine: string, name: 'u2k' | 'k2u') => (): Confidence & { value: number } => {
  // The published ones were taken by the origin's own mechanism.
  const { tscCycles, errorBand, standing } = crossingCosts({ ...findMachine(machine), program: 'origin' })[name];
  return { value: tscCycles, errorBand, standing };
};
const chosen = "the model's starting values for Haswell stand beside this figure in its collection";
const closeBy = 'whether 325 was taken from this figure of 330 is not known; counted as if it had been';
const handler = 'the published one was printed from the fault handler, so its bookkeeping is in it and not in ours';

/** How the model comes by each figure. Conditions only: no function here is given the published value. */
const simulations: Readonly<Record<string, Simulation>> = {
  u2k: { role: 'anchor', note: chosen, simulate: window('haswell-ep', 'u2k') },
  k2u: { role: 'anchor', note: chosen, simulate: window('haswell-ep', 'k2u') },
  'first-report-bare': { role: 'check', grade: 'haswell', note: handler, simulate: window('haswell-ep', 'u2k') },
  'first-report-vm': { role: 'check', grade: 'haswell', note: handler, simulate: window('haswell-ep-vm', 'u2k') },
  'vm-over-bare': {
    role: 'check',
    grade: 'haswell',
    note: 'all of it is the clock: the guest is simulated at 2.4 GHz, bare metal at 3.2 GHz turbo',
    simulate: () => {
      const bare = crossingCosts({ ...findMachine('haswell-ep'), program: 'origin' }).u2k;
      const guest = crossingCosts({ ...findMachine('haswell-ep-vm'), program: 'origin-guest' }).u2k;
      return { value: guest.tscCycles / bare.tscCycles, errorBand: guest.errorBand, standing: guest.standing };
    },
  },
  'page-fault': {
    role: 'check',
    grade: 'haswell',
    note: 'what exactly lies between his two points is not said; ours is the failed walk and the delivery',
    simulate: () => ofCosts(haswell.classes['failed-page-walk'], haswell.classes['exception-delivery']),
  },
  iret: { role: 'anchor', note: closeBy, simulate: () => ofCosts(haswell.classes.iretq) },
  'cr3-write': { role: 'anchor', note: chosen, simulate: () => ofCosts(haswell.classes['cr3-write']) },
  'kpti-delta': {
    role: 'check',
    grade: 'kpti',
    note: 'another kernel, probably flushing the TLB at each CR3 write; the model prices the writes, not the refilling',
    simulate: () => {
      const machine = findMachine('skylake-sp');
      const { coreCycles, ...confidence } = kptiDelta(machine);
      return { value: (coreCycles * 1_000) / machine.coreMhz, ...confidence };
    },
  },
  'vm-exit-null': {
    role: 'check',
    grade: 'vm-exit',
    note: "the published one's clock is not known; ours is Haswell-EP at 3.2 GHz",
    simulate: () => {
      const { value, ...confidence } = ofCosts(haswell.vmExit);
      return { value: (value * 1_000) / findMachine('haswell-ep').coreMhz, ...confidence };
    },
  },
  'vm-exit-outl': { role: 'input', simulate: () => ofCosts(haswell.vmExit) },
};

/** Cores whose table of instructions is known under another name than the model's. */
const coreOfTable: Readonly<Record<string, CostTable>> = { 'alder-lake-p': 'golden-cove', 'alder-lake-e': 'gracemont' };

function instructionFigure(id: string): SimulatedFigure | null {
  const [name = '', table = ''] = id.split(':');
  const core = coreOfTable[table] ?? table;
  if (name !== 'rdtsc' && name !== 'mfence' && name !== 'lfence') return null;
  if (!Object.hasOwn(microarchitectureCosts, core)) return null;
  const { classes, lineage } = microarchitectureCosts[core as CostTable];
  const cost = classes[name];
  return {
    value: cost.cycles,
    role: 'input',
    grade: null,
    note: null,
    ...confidenceOf([cost], lineage, cost.relativeError),
  };
}

/** What the model gives for a published figure, or null when it does not model that. */
export function simulatedFigure(id: string): SimulatedFigure | null {
  const simulation = Object.hasOwn(simulations, id) ? simulations[id] : undefined;
  if (simulation === undefined) return instructionFigure(id);
  const { role, grade = null, note = null, simulate } = simulation;
  return { ...simulate(), role, grade, note };
}

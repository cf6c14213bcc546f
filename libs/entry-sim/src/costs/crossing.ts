import type { SimulatedMachine } from '../machines/machine.js';
import { cost, type Cost } from './constant.js';
import { microarchitectureCosts } from './microarchitectures.js';

/** One step inside a measured window. */
export interface CrossingStep extends Cost {
  name: string;
}

/** A window between two stamps: its steps in core cycles, and what the TSC counts meanwhile. */
export interface CrossingCost {
  steps: CrossingStep[];
  coreCycles: number;
  tscCycles: number;
}

/** Simple instructions of the hook inside the windows, counted under QEMU (facts/kernel.md, "Determinism"). */
const instructionsInside = { u2k: 3, k2u: 11 };
/** `swapgs` and `iretq` are among the 11, and priced by themselves. */
const pricedByThemselves = 2;
const simple = (count: number): Cost =>
  cost(count, 'C', `${count} simple instructions at one cycle each (counted under QEMU; the rate is assumed)`);
/** A two-dimensional walk reads up to 24 entries instead of 4; cached upper levels leave about half of that. */
const nestedWalkFactor = 3;

function window(machine: SimulatedMachine, steps: CrossingStep[]): CrossingCost {
  const coreCycles = steps.reduce((sum, step) => sum + step.cycles, 0);
  return { steps, coreCycles, tscCycles: (coreCycles * machine.tscMhz) / machine.coreMhz };
}

/** What one undisturbed crossing costs on a machine: the model of facts/crossing-costs.json, without noise. */
export function crossingCosts(machine: SimulatedMachine): { u2k: CrossingCost; k2u: CrossingCost } {
  const costs = microarchitectureCosts[machine.costs];
  const walk = machine.virtualized
    ? cost(costs.failedWalk.cycles * nestedWalkFactor, 'C', `nested paging: ${nestedWalkFactor} x the walk, assumed`)
    : costs.failedWalk;
  const u2k = [
    { name: 'rdtsc', ...costs.rdtsc },
    { name: 'failed page walk', ...walk },
    { name: 'exception delivery', ...costs.exceptionDelivery },
    { name: 'hook', ...simple(instructionsInside.u2k) },
  ];
  const k2u = [
    { name: 'rdtsc', ...costs.rdtsc },
    { name: 'swapgs', ...costs.swapgs },
    ...(machine.verw ? [{ name: 'verw', ...costs.verw }] : []),
    { name: 'iretq', ...costs.iretq },
    { name: 'hook', ...simple(instructionsInside.k2u - pricedByThemselves) },
  ];
  return { u2k: window(machine, u2k), k2u: window(machine, k2u) };
}

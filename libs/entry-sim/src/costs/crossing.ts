import type { SimulatedMachine } from '../vocabulary/simulated-machine.js';
import { crossingSettings } from './crossing-settings.js';
import type { CrossingWindow } from '../vocabulary/crossing-trace.js';
import { type Confidence, confidenceOf } from './error-band.js';
import { microarchitectureCosts } from './microarchitectures.js';
import { type Charge, priceSteps } from './price.js';
import { windowSteps } from './window-steps.js';

/** A window between two stamps: its steps in core cycles, and what the TSC counts meanwhile. */
export interface CrossingCost extends Confidence {
  charges: Charge[];
  coreCycles: number;
  tscCycles: number;
}

/** The TSC ticks on at its own rate while the core works: what it counts in that many core cycles. */
export const inTscCycles = (coreCycles: number, { tscMhz, coreMhz }: SimulatedMachine): number =>
  (coreCycles * tscMhz) / coreMhz;

/** What one undisturbed crossing costs on a machine, without noise and before the TSC's step: the sum of its steps. */
export function crossingCosts(machine: SimulatedMachine): Record<CrossingWindow, CrossingCost> {
  const core = microarchitectureCosts[machine.costs];
  const charges = priceSteps(windowSteps(crossingSettings(machine)), core, machine.paging);
  const window = (name: CrossingWindow): CrossingCost => {
    const inside = charges.filter((charge) => charge.window === name);
    const coreCycles = inside.reduce((sum, { cycles }) => sum + cycles, 0);
    const tscCycles = inTscCycles(coreCycles, machine);
    return { charges: inside, coreCycles, tscCycles, ...confidenceOf(inside, core.lineage) };
  };
  return { u2k: window('u2k'), k2u: window('k2u') };
}

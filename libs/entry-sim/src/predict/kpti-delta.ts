import { confidenceOf, type Confidence } from '../costs/error-band.js';
import { checkedOnKpti } from '../costs/lineage.js';
import { microarchitectureCosts } from '../costs/microarchitectures.js';
import { type Charge, priceSteps } from '../costs/price.js';
import type { SimulatedMachine } from '../vocabulary/simulated-machine.js';
import { crossingSettings } from '../costs/crossing-settings.js';
import { traceCrossing } from '../trace/trace-crossing.js';

export interface KptiDelta extends Confidence {
  coreCycles: number;
  charges: Charge[];
}

/**
 * What page-table isolation adds to one crossing and back: CR3 is read and written on the way in and on the way out, all
 * of it outside the windows (docs/kernel-interface.md). Refilling the TLB where the CPU can't tag it is not priced.
 */
export function kptiDelta(machine: SimulatedMachine): KptiDelta {
  const core = microarchitectureCosts[machine.costs];
  const { steps } = traceCrossing(crossingSettings({ ...machine, kpti: true }));
  const charges = priceSteps(steps, core, machine.paging).filter(({ costClass }) => costClass.startsWith('cr3-'));
  const coreCycles = charges.reduce((sum, { cycles }) => sum + cycles, 0);
  return { coreCycles, charges, ...confidenceOf(charges, core.lineage, checkedOnKpti) };
}

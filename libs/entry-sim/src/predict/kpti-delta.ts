import { type Confidence, confidenceOf } from '../costs/error-band.js';
import type { Cost } from '../costs/constant.js';
import { kptiDeltaAccuracy } from '../costs/lineage.js';
import { microarchitectureCosts } from '../costs/microarchitectures.js';
import type { SimulatedMachine } from '../machines/machine.js';

export interface KptiDelta extends Confidence {
  coreCycles: number;
  charges: (Cost & { name: string })[];
}

/**
 * What page-table isolation adds to one crossing and back: CR3 is written on the way in and on the way out, both outside
 * the windows (docs/kernel-interface.md). Refilling the TLB where the CPU can't tag it is not priced.
 */
export function kptiDelta({ costs }: Pick<SimulatedMachine, 'costs'>): KptiDelta {
  const { classes, lineage } = microarchitectureCosts[costs];
  const charges = ['in', 'out'].flatMap((way) => [
    { name: `read CR3, on the way ${way}`, ...classes['cr3-read'] },
    { name: `write CR3, on the way ${way}`, ...classes['cr3-write'] },
  ]);
  const coreCycles = charges.reduce((sum, { cycles }) => sum + cycles, 0);
  return { coreCycles, charges, ...confidenceOf(charges, lineage, kptiDeltaAccuracy) };
}

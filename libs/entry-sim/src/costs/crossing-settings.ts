import { microarchitectureCosts } from './microarchitectures.js';
import type { CrossingSettings } from '../vocabulary/crossing-trace.js';
import type { SimulatedMachine } from '../vocabulary/simulated-machine.js';

/** What a machine's crossing is traced with. */
export function crossingSettings({ program, kpti, verw, costs }: SimulatedMachine): CrossingSettings {
  const { smap } = microarchitectureCosts[costs];
  // The origin's own program puts its stamp on the stack.
  const handover = program.startsWith('origin') ? 'stack-slots' : 'registers';
  return { program, kpti, verw, smap, ibt: false, handover };
}

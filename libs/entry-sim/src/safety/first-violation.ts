// Many random faults, one after the other, until one does harm.
import { Random } from '../noise/random.js';
import { buildCrossing, type Changes } from '../programs/build.js';
import type { CrossingSettings } from '../vocabulary/crossing-trace.js';
import { checkFault, MemoryImage } from './check-fault.js';
import { randomStart, type FaultPlan } from './random-start.js';

/**
 * @param states how many faults to try
 * @param changes code put in another's place
 * @param mode only faults from this mode; default: both
 * @returns the first harm, with the number of its state and what was planned for it; null: none
 */
export function firstViolation(
  settings: CrossingSettings,
  states: number,
  seed: number,
  changes: Changes = {},
  mode?: FaultPlan['mode'],
): string | null {
  const random = new Random(seed);
  const crossing = buildCrossing(settings, { rangePages: 1, ...changes });
  const image = new MemoryImage(crossing);
  for (let state = 0; state < states; state += 1) {
    const plan = randomStart(crossing, random);
    if (mode !== undefined && plan.mode !== mode) continue;
    const [fault] = checkFault(crossing, image, plan);
    if (fault !== undefined) return `state ${state} (${JSON.stringify(plan)}): ${fault}`;
  }
  return null;
}

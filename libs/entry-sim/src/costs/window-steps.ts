import { SimulationRefused } from '../vocabulary/simulation-refused.js';
import { HOOK_PROGRAMS, type CrossingSettings, type TraceStep } from '../vocabulary/crossing-trace.js';
import { traceCrossing } from '../trace/trace-crossing.js';

/** As much of a traced step as its price depends on. */
export type PricedStep = Pick<TraceStep, 'window' | 'actor' | 'kind' | 'costClass' | 'text'>;

const known = new Map<string, readonly PricedStep[]>();

/**
 * The steps inside both windows, as the machine executed them. Settings are few, and their traces never change, so each
 * is traced once.
 *
 * @throws SimulationRefused when the machine dies on the way: this mechanism does not work under these settings.
 */
export function windowSteps(settings: CrossingSettings): readonly PricedStep[] {
  const key = JSON.stringify(settings);
  const before = known.get(key);
  if (before !== undefined) return before;
  const { steps, death } = traceCrossing(settings);
  if (death !== null) {
    const where = `KPTI ${settings.kpti ? 'on' : 'off'}, SMAP ${settings.smap ? 'on' : 'off'}`;
    throw new SimulationRefused(
      'program',
      `the machine dies with ${settings.program} (${where}): ${death.detail}`,
      `use ${HOOK_PROGRAMS.join(' or ')}, or see the death with xf sim explain`,
    );
  }
  const inside = steps.flatMap(({ window, actor, kind, costClass, text }): PricedStep[] =>
    window === null ? [] : [{ window, actor, kind, costClass, text }],
  );
  known.set(key, inside);
  return inside;
}

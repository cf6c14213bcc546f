import type { Metric } from '#contracts';
import { bootsAndDays, type BootsAndDays } from './boots-and-days.js';
import { withGroupedMedians } from './clock-step.js';
import { type Beside, besideSides, withoutControl } from './control.js';
import { modelBand, type ModelBand } from './model-band.js';
import { type Scoped, type ScopedSides, scopedSides } from './scope.js';
import type { Side } from './side.js';

/** Both sides as they are judged, with all that their interval rests on besides. */
export interface Compared extends ScopedSides {
  /** The same runs with grouped medians, from which levels are taken. */
  levels: { a: Scoped; b: Scoped };
  boots: BootsAndDays;
  /** The control hosts' runs beside each side, and with grouped medians; null where no control is asked for. */
  control: (Beside & { side: Side; levels: { a: Scoped; b: Scoped } }) | null;
  band: ModelBand | null;
}

const grouped = ({ scope, runs }: Scoped): Scoped => ({ scope, runs: withGroupedMedians(runs) });

/** Both sides under their scope. The control hosts stand on neither. */
export function comparedSides(a: Side, b: Side, metric: Metric, control: Side | null = null): Compared {
  const [ownA, ownB] = control === null ? [a, b] : [withoutControl(a, control), withoutControl(b, control)];
  const sides = scopedSides(ownA, ownB);
  const beside = control === null ? null : besideSides(control, sides.a.runs, sides.b.runs);
  const ofHosts = (runs: Scoped['runs']): Scoped => grouped({ scope: 'hosts', runs });
  return {
    ...sides,
    levels: { a: grouped(sides.a), b: grouped(sides.b) },
    boots: bootsAndDays(sides, [...(a.history ?? []), ...(b.history ?? [])]),
    control:
      control === null || beside === null
        ? null
        : { ...beside, side: control, levels: { a: ofHosts(beside.a), b: ofHosts(beside.b) } },
    band: modelBand(sides.a.runs, sides.b.runs, metric, sides.paired),
  };
}

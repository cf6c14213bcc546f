import type { Cost } from './constant.js';
import { type Lineage, lineages } from './lineage.js';

/** What the constants behind a figure say about it. */
export interface Confidence {
  /** Half-width of the error band as a share of the figure. */
  errorBand: number;
  /** `simulated`: nearly all of it rests on figures published for this core, or on values anchored to them. `estimate`: it does not. */
  standing: 'simulated' | 'estimate';
}

/** Share of the cycles that must rest on published or anchored figures before a figure is more than an estimate. Ours. */
const publishedShare = 0.85;

/**
 * The error band of a sum of costs. Constants of one source are taken to be wrong in the same direction, so their errors
 * are added; those of different sources are independent, so they are added as squares. Never narrower than what figures
 * that the model was not fitted to allow for such a core (lineage.ts).
 */
export function confidenceOf(costs: readonly Cost[], lineage: Lineage, floor?: number): Confidence {
  const total = costs.reduce((sum, { cycles }) => sum + cycles, 0);
  const errorOfSource = new Map<string, number>();
  for (const { cycles, relativeError, source } of costs)
    errorOfSource.set(source, (errorOfSource.get(source) ?? 0) + cycles * relativeError);
  const squares = [...errorOfSource.values()].reduce((sum, error) => sum + error * error, 0);
  const fromGrades = total === 0 ? 0 : Math.sqrt(squares) / total;
  const certain = costs.reduce(
    (sum, { cycles, basis }) => sum + (basis === 'published' || basis === 'anchored' ? cycles : 0),
    0,
  );
  return {
    errorBand: Math.max(floor ?? lineages[lineage].accuracy, fromGrades),
    standing: total > 0 && certain / total >= publishedShare ? 'simulated' : 'estimate',
  };
}

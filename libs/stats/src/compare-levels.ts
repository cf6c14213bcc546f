import { type RatioEstimate, ratioOf } from './log-runs.js';
import { type MeanOf, welch } from './welch.js';

/** Name of the method, to be shown beside its result. */
export const compareLevelsMethod = 'ratio of the levels of equally weighted hosts, Welch’s interval of logarithms';

/**
 * The ratio of two levels (`levelOfKind`, `levelOfHosts`) with Welch's interval (1947). Each side brings its own scope: a host
 * may be put beside its kind.
 */
export function compareLevels(a: MeanOf, b: MeanOf, confidence: number): RatioEstimate {
  return ratioOf(welch(a, b, confidence));
}

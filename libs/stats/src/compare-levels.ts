import { type RatioEstimate, ratioOf } from './log-runs.js';
import type { Component } from './variance-components.js';
import { type MeanOf, welch } from './welch.js';

/** Name of the method, to be shown beside its result. */
export const compareLevelsMethod = 'ratio of the levels of equally weighted hosts, Welch’s interval of logarithms';

/**
 * The ratio of two levels (`levelOfKind`, `levelOfHosts`) with Welch's interval (1947). Each side brings its own scope: a host
 * may be put beside its kind.
 *
 * @param shared what boots and days add to the variance of the difference (`sharedShare`, `weightedSum`); null of none
 */
export function compareLevels(
  a: MeanOf,
  b: MeanOf,
  confidence: number,
  shared: Component | null = null,
): RatioEstimate {
  return ratioOf(welch(a, b, confidence, shared));
}

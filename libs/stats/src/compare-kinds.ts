import { logs, type RatioEstimate, ratioOf, type RunsByHost } from './log-runs.js';
import { meanOf, type MeanOf, welch } from './welch.js';

/** Fewer hosts say something about themselves only, not about their kind. */
export const minHostsOfAKind = 5;

/**
 * Kind against kind (generation, model): what another host of b's kind would show against another of a's. Hosts are a random
 * factor of equal weight: each gives one number, the mean of the logarithms of its run medians, and the interval is Welch's
 * (1947) over these. However many runs a host has, it stays one piece of evidence about its kind; the runs' own scatter is
 * in the hosts' numbers already.
 *
 * @throws RangeError when a side has fewer than `minHostsOfAKind` hosts, a host has no runs, or a median is not positive
 */
export function compareKinds(a: RunsByHost, b: RunsByHost, confidence: number): RatioEstimate {
  return ratioOf(welch(levelOfKind(a), levelOfKind(b), confidence));
}

function levelOfKind(side: RunsByHost): MeanOf {
  if (side.size < minHostsOfAKind) {
    throw new RangeError(`${side.size} hosts: a kind needs at least ${minHostsOfAKind} of them`);
  }
  return meanOf([...side.values()].map((medians) => hostLevel(medians)));
}

function hostLevel(medians: readonly number[]): number {
  if (medians.length === 0) throw new RangeError('a host has no runs');
  return meanOf(logs(medians)).mean;
}

import { logs, type RunsByHost } from './log-runs.js';
import { meanOf, type MeanOf } from './welch.js';

/** Fewer hosts say something about themselves only, not about their kind. */
export const minHostsOfAKind = 5;

/**
 * Level of a kind of host (generation, model), in logarithms: what another host of the kind would show. Hosts are a random
 * factor of equal weight: each gives one number, the mean of the logarithms of its run medians. However many runs a host has, it stays
 * one piece of evidence about its kind; the scatter of its runs is in its number already.
 *
 * @throws RangeError when there are fewer than `minHostsOfAKind` hosts, a host has no runs, or a median is not positive
 */
export function levelOfKind(side: RunsByHost): MeanOf {
  if (side.size < minHostsOfAKind) {
    throw new RangeError(`${side.size} hosts: a kind needs at least ${minHostsOfAKind} of them`);
  }
  return meanOf(
    [...side.values()].map((medians) => {
      if (medians.length === 0) throw new RangeError('a host has no runs');
      return meanOf(logs(medians)).mean;
    }),
  );
}

import { logs, type RatioEstimate, ratioOf, type RunsByHost } from './log-runs.js';
import { estimate, meanOf, welch } from './welch.js';

/** Name of the method, to be shown beside its result. */
export const compareWithControlMethod =
  'change of the hosts’ levels beyond that of control hosts, Welch’s interval of logarithms';

/** The same hosts before and after, or under a and b. */
export interface BothSides {
  a: RunsByHost;
  b: RunsByHost;
}

/**
 * What a change did to its hosts beyond what happened meanwhile to hosts where nothing changed (difference in differences):
 * each host gives one number, its change in logarithms, and the interval is Welch's over the changes of the two groups.
 * A drift that all hosts share cancels; a drift of each host's own is in the scatter between the control hosts, and so in
 * the interval.
 *
 * A single changed host has no scatter of its own: it is taken to scatter as the control hosts do, and its change is put beside theirs
 * as one more draw (Crawford and Howell 1998): variance s² (1 + 1/n) with n − 1 degrees of freedom.
 *
 * Hosts that lack runs on one side are left out.
 *
 * @throws RangeError when no changed host or fewer than two control hosts have runs on both sides, or a median is not
 *   positive
 */
export function compareWithControl(changed: BothSides, control: BothSides, confidence: number): RatioEstimate {
  const [of, beside] = [changesOf(changed), changesOf(control)];
  if (beside.length < 2) throw tooFew(beside.length, 'control', 2);
  const [first, ...others] = of;
  if (first === undefined) throw tooFew(0, 'changed', 1);
  const still = meanOf(beside);
  if (others.length > 0) return ratioOf(welch(still, meanOf(of), confidence));
  // One estimate of the spread for both, so that its degrees don't add up.
  const varianceOfMean = still.varianceOfMean * (beside.length + 1);
  return ratioOf(estimate({ mean: first - still.mean, varianceOfMean, degrees: still.degrees }, confidence));
}

/** Of each host with runs on both sides, its change in logarithms. */
export function changesOf({ a, b }: BothSides): number[] {
  return [...a].flatMap(([host, before]) => {
    const after = b.get(host) ?? [];
    return before.length === 0 || after.length === 0 ? [] : [meanOf(logs(after)).mean - meanOf(logs(before)).mean];
  });
}

function tooFew(count: number, group: string, least: number): RangeError {
  const hosts = `${count} ${group} host${count === 1 ? '' : 's'}`;
  return new RangeError(`${hosts} with runs on both sides: at least ${least} ${least === 1 ? 'is' : 'are'} needed`);
}

import { logs, type RatioEstimate, ratioOf, type RunsByHost } from './log-runs.js';
import { meanOf, welch } from './welch.js';

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
 * Hosts that lack runs on one side are left out.
 *
 * @throws RangeError when fewer than two hosts of a group have runs on both sides, or a median is not positive
 */
export function compareWithControl(changed: BothSides, control: BothSides, confidence: number): RatioEstimate {
  return ratioOf(welch(meanOf(changes(control, 'control')), meanOf(changes(changed, 'changed')), confidence));
}

function changes({ a, b }: BothSides, group: string): number[] {
  const both = [...a].flatMap(([host, before]) => {
    const after = b.get(host) ?? [];
    return before.length === 0 || after.length === 0 ? [] : [meanOf(logs(after)).mean - meanOf(logs(before)).mean];
  });
  if (both.length < 2)
    throw new RangeError(`${both.length} ${group} hosts have runs on both sides: at least 2 are needed`);
  return both;
}

import { limits } from '#contracts';
import { clockSlack, type MoreNeeded, moreNeeded, type RatioEstimate, tQuantile } from '#stats';
import { count, percent } from '#wording';
import type { Compared } from './compared.js';
import { resolutionsOf } from './effects.js';
import { byHost, type Scoped } from './scope.js';

const hostsOf = (side: Scoped): number => byHost(side, () => 1).size;
const fewestRuns = (side: Scoped): number =>
  [...byHost(side, () => 1).values()].reduce((fewest, runs) => Math.min(fewest, runs.length), Infinity);

/** What more of would narrow the interval, how many there are a side now, and how many are not too many to propose. */
function replicatesOf({ a, b, control }: Compared): { what: 'hosts' | 'runs'; have: number; most: number } | null {
  if (control !== null)
    return { what: 'hosts', have: Math.min(hostsOf(a), control.hosts.length), most: limits.hostsPerJob };
  if (a.scope !== b.scope) return null;
  if (a.scope === 'kind') return { what: 'hosts', have: Math.min(hostsOf(a), hostsOf(b)), most: limits.hostsPerJob };
  return { what: 'runs', have: Math.min(fewestRuns(a), fewestRuns(b)), most: limits.runsPerHost };
}

/** Of the clocks and, of simulated machines, of their models: what no number of runs averages out, in logarithms. */
function floorOf(sides: Compared): number {
  const models = sides.band === null ? 0 : Math.max(-Math.log(sides.band.low), Math.log(sides.band.high));
  return clockSlack(...resolutionsOf(sides)) + models;
}

/** How many more runs or hosts would likely settle a comparison; null where sides of unlike scope have no one number. */
export function neededBy(
  sides: Compared,
  estimate: RatioEstimate,
  { margin, confidence }: { margin: number; confidence: number },
): (MoreNeeded & { what: 'hosts' | 'runs'; have: number }) | null {
  const replicates = replicatesOf(sides);
  if (replicates === null) return null;
  const { what, have, most } = replicates;
  const { ratio, low, high, degrees } = estimate;
  const whole = (Math.log(high / low) / 2 / tQuantile((1 + confidence) / 2, degrees)) ** 2;
  const fixed = sides.boots.shared;
  const variance = Math.max(0, whole - (fixed?.variance ?? 0));
  const unsettled = { change: Math.log(ratio), variance, degrees, fixed, floor: floorOf(sides), margin, confidence };
  return { ...moreNeeded({ ...unsettled, have: Math.max(1, have), most }), what, have };
}

/** The same in words. */
export function settlingText(sides: Compared, needed: ReturnType<typeof neededBy>): string {
  if (needed === null) {
    const kind = sides.a.scope === 'kind' ? 'a' : 'b';
    const other = kind === 'a' ? 'b' : 'a';
    return `more hosts of ${kind} would narrow it, and more runs of the hosts of ${other}; more runs of those of ${kind} hardly`;
  }
  const { settledBy, why, what, have } = needed;
  if (settledBy !== null) {
    const [each, hardly] =
      what === 'hosts'
        ? ['hosts a side', '; more runs of the same hosts hardly help']
        : ['runs of each host a side', ''];
    return `about ${count(settledBy)} ${each} (now ${count(have)}) would likely do, if the change is as it looks${hardly}`;
  }
  if (why === 'shared')
    return 'no number of runs would: boots and days differ by more; measure in more boots, on more days';
  if (why === 'too close')
    return 'hardly any number would: the change lies too near to an edge of the margin; another margin might';
  if (sides.band !== null) return 'no number of runs would: the machines’ models are not known closely enough';
  return `no number of runs would: the steps of the TSCs may hide a change of up to ${percent(Math.expm1(clockSlack(...resolutionsOf(sides))))}`;
}

import { varianceInflation } from './change-points/autocorrelation.js';
import { type BothSides, changesOf, compareWithControl, compareWithControlMethod } from './compare-with-control.js';
import { levelOfHosts } from './level-of-hosts.js';
import { logs, type RatioEstimate, ratioOf, type RunsByHost } from './log-runs.js';
import { estimate, meanOf, type MeanOf, welch } from './welch.js';

/** From so many hosts on, their changes show by themselves how far hosts differ in them. */
const hostsAsPairs = 3;
/** Control hosts that are taken into account at least; their scatter then has 2 degrees of freedom. */
const leastControl = 3;

export interface BeforeAfter {
  estimate: RatioEstimate;
  method: string;
  /** Control hosts that counted. */
  control: number;
  /** Whether days alone show the scatter: then it speaks for these hosts' boots only. */
  ofTheseBoots: boolean;
}

/**
 * What a change did to the hosts that had it, from the levels of their days before and after. Each host is a pair:
 *
 * - with 3 control hosts or more, their change is taken out (`compareWithControl`);
 * - else of 3 changed hosts or more the interval is Student's over their changes, in which boots, days and drift of each host are;
 * - else that of the days within each host, whose variance counts (1 + ρ) / (1 − ρ) times as neighbours hang together.
 *
 * @returns null where too few days or hosts are there to judge by
 */
export function compareBeforeAfter(changed: BothSides, control: BothSides, confidence: number): BeforeAfter | null {
  const changes = changesOf(changed);
  const beside = changesOf(control).length;
  if (changes.length === 0) return null;
  if (beside >= leastControl) {
    const withControl = compareWithControl(changed, control, confidence);
    return { estimate: withControl, method: compareWithControlMethod, control: beside, ofTheseBoots: false };
  }
  if (changes.length >= hostsAsPairs) {
    const method = 'mean change of the hosts, each a pair; Student’s interval of logarithms';
    return { estimate: ratioOf(estimate(meanOf(changes), confidence)), method, control: 0, ofTheseBoots: false };
  }
  const [before, after] = [levelOfDays(changed.a), levelOfDays(changed.b)];
  if (before === null || after === null) return null;
  const method = 'levels of the days before and after, Welch’s interval of logarithms';
  return { estimate: ratioOf(welch(before, after, confidence)), method, control: 0, ofTheseBoots: true };
}

function levelOfDays(side: RunsByHost): MeanOf | null {
  const days = [...side.values()];
  if (!days.some((levels) => levels.length > 1)) return null;
  const level = levelOfHosts(side);
  const inflation = Math.max(...days.map((levels) => varianceInflation(logs(levels), [])));
  return { ...level, varianceOfMean: level.varianceOfMean * inflation };
}

import { compareLevels } from './compare-levels.js';
import { levelOfHosts } from './level-of-hosts.js';
import { levelOfKind } from './level-of-kind.js';
import type { RatioEstimate, RunsByHost } from './log-runs.js';
import { normalDeviates } from './normal-deviates.js';
import { type Verdict, verdictOf } from './verdict.js';

export interface PlannedExperiment {
  /** `kind`: own hosts on each side, drawn again each time; `hosts`: the same hosts on both sides. */
  scope: 'kind' | 'hosts';
  /** Hosts a side, runs of each host a side. */
  hosts: number;
  runs: number;
  /** Standard deviations as shares of the level: between hosts of one kind, between runs of one host. */
  hostSd: number;
  runSd: number;
  margin: number;
  confidence: number;
  /** True ratio b / a. */
  ratio: number;
  repetitions: number;
  seed: number;
}

export interface PlanResult {
  /** Shares of the repetitions that ended in each verdict. */
  verdicts: Record<Verdict, number>;
  /** Share of the intervals that hold the true ratio. */
  coverage: number;
  /** Mean distance of an interval's ends, as a share. */
  width: number;
}

/**
 * What an experiment would say, by doing it many times with drawn figures: levels of hosts and runs are normal in logarithms,
 * as the simulator's are. With ratio 1 the shares of `slower` and `faster` are its false alarms; with another, its power.
 *
 * @throws RangeError where the comparison itself would refuse: too few hosts of a kind, single runs
 */
export function simulateExperiment(experiment: PlannedExperiment): PlanResult {
  const { margin, confidence, ratio, repetitions } = experiment;
  const deviate = normalDeviates(experiment.seed);
  const counts = { slower: 0, faster: 0, equal: 0, inconclusive: 0 };
  let covered = 0;
  let width = 0;
  for (let i = 0; i < repetitions; i++) {
    const { low, high } = once(experiment, deviate, confidence);
    counts[verdictOf({ low, high }, margin)] += 1;
    if (low <= ratio && ratio <= high) covered += 1;
    width += high - low;
  }
  const share = (times: number): number => times / repetitions;
  const { slower, faster, equal, inconclusive } = counts;
  return {
    verdicts: { slower: share(slower), faster: share(faster), equal: share(equal), inconclusive: share(inconclusive) },
    coverage: share(covered),
    width: share(width),
  };
}

function once(experiment: PlannedExperiment, deviate: () => number, confidence: number): RatioEstimate {
  const { scope, hosts, runs, hostSd, runSd, ratio } = experiment;
  const levels = (): number[] => Array.from({ length: hosts }, () => hostSd * deviate());
  const side = (hostLevels: readonly number[], factor: number): RunsByHost =>
    new Map(
      hostLevels.map((level, host) => [
        String(host),
        Array.from({ length: runs }, () => factor * Math.exp(level + runSd * deviate())),
      ]),
    );
  const levelsOfA = levels();
  const levelOf = scope === 'kind' ? levelOfKind : levelOfHosts;
  const levelsOfB = scope === 'kind' ? levels() : levelsOfA;
  return compareLevels(levelOf(side(levelsOfA, 1)), levelOf(side(levelsOfB, ratio)), confidence);
}

import { logs, type RatioEstimate, ratioOf, type RunsByHost } from './log-runs.js';
import { meanOf, meanOfMeans, type MeanOf, welch } from './welch.js';

/**
 * These hosts against those: what their next runs would show, as they are set up now. Hosts are fixed and weigh equally, so
 * only the scatter of runs *within* hosts makes the interval. Where the same hosts stand on both sides their levels cancel;
 * of sides that share some hosts only the shared ones should be given.
 *
 * A host with a single run on a side borrows the pooled variance of its side's other hosts (runs are taken to scatter alike there).
 *
 * @throws RangeError when no host of a side has two runs, a host has none, or a median is not positive
 */
export function compareHosts(a: RunsByHost, b: RunsByHost, confidence: number): RatioEstimate {
  return ratioOf(welch(levelOfHosts(a), levelOfHosts(b), confidence));
}

function levelOfHosts(side: RunsByHost): MeanOf {
  const hosts = [...side.values()].map((medians) => ({ ...meanOf(logs(medians)), runs: medians.length }));
  if (hosts.some(({ runs }) => runs === 0)) throw new RangeError('a host has no runs');
  const pooled = pooledVariance(hosts);
  if (pooled === null) throw new RangeError('no host has two runs, so there is no spread to judge by');
  return meanOfMeans(
    hosts.map((host) =>
      host.degrees > 0 ? host : { ...host, varianceOfMean: pooled.variance, degrees: pooled.degrees },
    ),
  );
}

/** Variance of one run about its host's mean, over all hosts with two or more. */
function pooledVariance(hosts: readonly (MeanOf & { runs: number })[]): { variance: number; degrees: number } | null {
  const spread = hosts.filter(({ degrees }) => degrees > 0);
  const degrees = spread.reduce((sum, host) => sum + host.degrees, 0);
  if (degrees === 0) return null;
  const squares = spread.reduce((sum, host) => sum + host.varianceOfMean * host.runs * host.degrees, 0);
  return { variance: squares / degrees, degrees };
}

import { logs, type RunsByHost } from './log-runs.js';
import { meanOf, meanOfMeans, type MeanOf } from './welch.js';

/**
 * Level of these hosts, in logarithms: what their next runs would show, as they are set up now. Hosts are fixed and weigh
 * equally, so only the scatter of runs *within* hosts counts. Where the same hosts stand on both sides of a comparison their
 * levels cancel; of sides that share some hosts only the shared ones should be given.
 *
 * A host with a single run borrows the pooled variance of the others (their runs are taken to scatter alike).
 *
 * @throws RangeError when no host has two runs, one has none, or a median is not positive
 */
export function levelOfHosts(side: RunsByHost): MeanOf {
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

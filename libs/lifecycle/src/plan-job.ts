import {
  limits,
  matchesSelector,
  parseSelector,
  type Capability,
  type HostView,
  type JobSpec,
  type PlannedRun,
  type Probe,
} from '#contracts';
import { v5 as uuidv5 } from 'uuid';
import { orderRuns } from './order-runs.js';
import { JobRefused } from './refused.js';

/** What planning needs to know of a host. */
export type PlannableHost = Pick<HostView, 'hostId' | 'labels' | 'capabilities'>;

/** A few names, so that an error about 10,000 hosts stays readable. */
function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

function named(hostIds: readonly string[], known: readonly PlannableHost[]): PlannableHost[] {
  const byId = new Map(known.map((host) => [host.hostId, host]));
  const unknown = hostIds.filter((hostId) => !byId.has(hostId));
  if (unknown.length > 0) {
    throw new JobRefused(
      'hosts',
      `no such host: ${some(unknown)}`,
      'GET /v1/hosts lists the hosts that have registered; start a worker on the missing ones',
    );
  }
  const twice = hostIds.filter((hostId, index) => hostIds.indexOf(hostId) !== index);
  if (twice.length > 0) {
    throw new JobRefused('hosts', `named twice: ${some(twice)}`, 'name each host once; set runsPerHost for more runs');
  }
  return hostIds.map((hostId) => byId.get(hostId) as PlannableHost);
}

function selected(selector: string, known: readonly PlannableHost[]): PlannableHost[] {
  const requirements = parseSelector(selector);
  const matching = known.filter((host) => matchesSelector(requirements, host.labels));
  if (matching.length > 0) return matching;
  throw new JobRefused(
    'selector',
    `no host matches "${selector}"; ${known.length} hosts have registered`,
    known.length === 0
      ? 'start a worker, so that its hosts register'
      : 'GET /v1/hosts shows the labels of every host; * selects them all',
  );
}

/** The first way in which the host can do what is asked. */
function capabilityFor(spec: JobSpec, host: PlannableHost): Capability | undefined {
  return host.capabilities.find(
    (capability) =>
      (spec.executor === undefined || capability.executor === spec.executor) &&
      (spec.probes ?? []).every((probe) => capability.probes.includes(probe)),
  );
}

function refuseIncapable(spec: JobSpec, incapable: readonly PlannableHost[]): void {
  if (incapable.length === 0) return;
  const asked = [
    ...(spec.executor === undefined ? [] : [`executor ${spec.executor}`]),
    ...(spec.probes === undefined ? [] : [`probes ${spec.probes.join(', ')}`]),
  ].join(' with ');
  throw new JobRefused(
    spec.probes === undefined ? 'executor' : 'probes',
    `${some(incapable.map((host) => host.hostId))} can't serve ${asked || 'any probe'}`,
    'narrow the selector or the hosts to those whose capabilities (GET /v1/hosts) serve it, or leave the field out',
  );
}

function refuseOverLimits(hosts: readonly PlannableHost[], runs: number): void {
  if (hosts.length > limits.hostsPerJob) {
    throw new JobRefused(
      'selector',
      `${hosts.length} hosts match, at most ${limits.hostsPerJob} go into one job`,
      'narrow the selector and submit several jobs',
    );
  }
  if (runs > limits.runsPerJob) {
    throw new JobRefused(
      'runsPerHost',
      `the job would have ${runs} runs, at most ${limits.runsPerJob} go into one job`,
      'lower runsPerHost, name fewer probes, or submit several jobs',
    );
  }
}

/**
 * Resolves a job's hosts and lays out its runs in the order in which they are queued. Deterministic: the same spec,
 * hosts and job id give the same plan with the same run ids.
 *
 * @throws JobRefused naming the field of the spec and the remedy.
 */
export function planJob(spec: JobSpec, known: readonly PlannableHost[], jobId: string): PlannedRun[] {
  const chosen = spec.hosts === undefined ? selected(spec.selector ?? '*', known) : named(spec.hosts, known);
  const hosts = [...chosen].sort((a, b) => (a.hostId < b.hostId ? -1 : 1));
  refuseIncapable(
    spec,
    hosts.filter((host) => capabilityFor(spec, host) === undefined),
  );
  const series = hosts.flatMap((host) => {
    const capability = capabilityFor(spec, host) as Capability;
    const probes: Probe[] = [...new Set(spec.probes ?? capability.probes)];
    return probes.map((probe) => ({ hostId: host.hostId, executor: capability.executor, probe }));
  });
  refuseOverLimits(hosts, series.length * spec.runsPerHost);
  const groups = series.map(({ hostId, executor, probe }) =>
    Array.from({ length: spec.runsPerHost }, (_, replicate) => ({
      runId: uuidv5(`${hostId}/${probe}/${replicate}`, jobId),
      hostId,
      executor,
      probe,
      replicate,
    })),
  );
  return orderRuns(groups, spec.order, spec.seed);
}

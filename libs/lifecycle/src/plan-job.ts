import {
  guestExecutors,
  guestsOf,
  limits,
  matchesSelector,
  parseSelector,
  defaultProbes,
  type AcceptedJobSpec,
  type Capability,
  type ExecutorName,
  type Guest,
  type HostView,
  type JobSpec,
  type PlannedRun,
  type Probe,
} from '#contracts';
import { v5 as uuidv5 } from 'uuid';
import { canonicalJson } from './boot-state-hash.js';
import { orderRuns } from './order-runs.js';
import { FieldRefused } from './refused.js';

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
    throw new FieldRefused(
      'hosts',
      `no such host: ${some(unknown)}`,
      'GET /v1/hosts lists the hosts that have registered; start a worker on the missing ones',
    );
  }
  const twice = hostIds.filter((hostId, index) => hostIds.indexOf(hostId) !== index);
  if (twice.length > 0) {
    throw new FieldRefused(
      'hosts',
      `named twice: ${some(twice)}`,
      'name each host once; set runsPerHost for more runs',
    );
  }
  return hostIds.map((hostId) => byId.get(hostId) as PlannableHost);
}

function selected(
  selector: string,
  known: readonly PlannableHost[],
  registered: number,
  field: 'selector' | 'control' = 'selector',
): PlannableHost[] {
  const requirements = parseSelector(selector);
  const matching = known.filter((host) => matchesSelector(requirements, host.labels));
  if (matching.length > 0) return matching;
  throw new FieldRefused(
    field,
    `no host matches "${selector}"; ${registered} hosts have registered`,
    registered === 0
      ? 'start a worker, so that its hosts register'
      : 'GET /v1/hosts shows the labels of every host; * selects them all',
  );
}

/** The hosts that are asked about, and those of the control beside them. */
function chosenHosts(spec: AcceptedJobSpec, known: readonly PlannableHost[], registered: number): PlannableHost[] {
  const asked = spec.hosts === undefined ? selected(spec.selector ?? '*', known, registered) : named(spec.hosts, known);
  if (spec.control === undefined) return asked;
  const control = selected(spec.control, known, registered, 'control');
  const controlIds = new Set(control.map(({ hostId }) => hostId));
  const others = asked.filter(({ hostId }) => !controlIds.has(hostId));
  const refuse = (message: string, remedy: string) => new FieldRefused('control', message, remedy);
  if (others.length === 0) {
    throw refuse(
      `"${spec.control}" matches every host that is asked about, so that no control host would be left to compare them with`,
      'name in control only hosts where nothing changes',
    );
  }
  if (control.length < limits.controlHostsMin) {
    throw refuse(
      `"${spec.control}" matches ${some([...controlIds])}; a comparison takes at least ${limits.controlHostsMin} control hosts`,
      'name more hosts where nothing changes, or leave control out',
    );
  }
  return [...others, ...control];
}

/** The executors that may be used: a matrix asks for one that boots guests. Undefined: whatever each host has. */
function executorsFor({ executor, matrix }: JobSpec): readonly ExecutorName[] | undefined {
  if (executor !== undefined) return [executor];
  return matrix === undefined ? undefined : guestExecutors;
}

/** The first way in which the host can do what is asked. */
function capabilityFor(spec: JobSpec, host: PlannableHost): Capability | undefined {
  const executors = executorsFor(spec);
  return host.capabilities.find(
    (capability) =>
      (executors === undefined || executors.includes(capability.executor)) &&
      (spec.probes ?? []).every((probe) => capability.probes.includes(probe)),
  );
}

function refuseIncapable(spec: JobSpec, incapable: readonly PlannableHost[]): void {
  if (incapable.length === 0) return;
  const executors = executorsFor(spec);
  const [example] = incapable;
  const serves = example?.capabilities
    .map(({ executor, probes }) => `${executor} with ${probes.join(', ')}`)
    .join(', ');
  const asked = [
    ...(executors === undefined ? [] : [`executor ${executors.join(' or ')}`]),
    ...(spec.probes === undefined ? [] : [`probes ${spec.probes.join(', ')}`]),
  ].join(' with ');
  throw new FieldRefused(
    spec.probes !== undefined
      ? 'probes'
      : spec.executor === undefined && spec.matrix !== undefined
        ? 'matrix'
        : 'executor',
    `${some(incapable.map((host) => host.hostId))} can't serve ${asked || 'any probe'}; ${example?.hostId} serves ${serves}`,
    'narrow the selector or the hosts to those whose capabilities (GET /v1/hosts) serve it, or leave the field out',
  );
}

/** A host that boots only some of the series would leave holes in the matrix, so it is refused, not left out. */
function refuseUnbootable(spec: JobSpec, hosts: readonly PlannableHost[]): void {
  for (const series of spec.matrix?.series ?? []) {
    const lacking = hosts.filter((host) => capabilityFor(spec, host)?.series?.includes(series) !== true);
    if (lacking.length === 0) continue;
    const names = some(lacking.map((host) => host.hostId));
    throw new FieldRefused(
      'matrix.series',
      lacking.length === hosts.length
        ? `no host has an image of kernel series ${series}: ${names}`
        : `${names} ${lacking.length === 1 ? 'has' : 'have'} no image of kernel series ${series}`,
      `npm run kernel:build -- --series ${series} there, as the worker's user, and start the worker again; or name other hosts or series`,
    );
  }
}

function refuseOverLimits(hosts: readonly PlannableHost[], runs: number): void {
  if (hosts.length > limits.hostsPerJob) {
    throw new FieldRefused(
      'selector',
      `${hosts.length} hosts match, at most ${limits.hostsPerJob} go into one job`,
      'narrow the selector and submit several jobs',
    );
  }
  if (runs > limits.runsPerJob) {
    throw new FieldRefused(
      'runsPerHost',
      `the job would have ${runs} runs, at most ${limits.runsPerJob} go into one job`,
      'lower runsPerHost, name fewer probes or values of the matrix, or submit several jobs',
    );
  }
}

/**
 * Resolves a job's hosts and lays out its runs in the order in which they are queued. Deterministic: the same spec,
 * hosts and job id give the same plan with the same run ids.
 *
 * @param known the fleet's hosts, or those that the spec may choose
 * @param registered hosts of the fleet
 * @throws FieldRefused naming the field of the spec and the remedy.
 */
export function planJob(
  spec: AcceptedJobSpec,
  known: readonly PlannableHost[],
  jobId: string,
  registered = known.length,
): PlannedRun[] {
  const hosts = chosenHosts(spec, known, registered).sort((a, b) => (a.hostId < b.hostId ? -1 : 1));
  refuseIncapable(
    spec,
    hosts.filter((host) => capabilityFor(spec, host) === undefined),
  );
  refuseUnbootable(spec, hosts);
  const guests: (Guest | undefined)[] = spec.matrix === undefined ? [undefined] : guestsOf(spec.matrix);
  const series = hosts.flatMap((host) => {
    const capability = capabilityFor(spec, host) as Capability;
    const probes: Probe[] = [...new Set(spec.probes ?? defaultProbes(capability.probes))];
    const { hostId } = host;
    const { executor } = capability;
    return guests.flatMap((guest) => probes.map((probe) => ({ hostId, executor, probe, guest })));
  });
  refuseOverLimits(hosts, series.length * spec.runsPerHost);
  const groups = series.map(({ guest, ...run }) =>
    Array.from({ length: spec.runsPerHost }, (_, replicate) => ({
      runId: runIdOf(jobId, run, replicate, guest),
      ...run,
      replicate,
      ...(guest === undefined ? {} : { guest }),
    })),
  );
  return orderRuns(groups, spec.order, spec.seed);
}

/** A run's id says which of the plan it is, so that planning again gives the same. */
function runIdOf(
  jobId: string,
  { hostId, probe }: Pick<PlannedRun, 'hostId' | 'probe'>,
  replicate: number,
  guest: Guest | undefined,
): string {
  const cell = guest === undefined ? '' : `/${canonicalJson(guest)}`;
  return uuidv5(`${hostId}/${probe}/${replicate}${cell}`, jobId);
}

import { count, floorText, gradeText, hostStateName, hostStates, neverSeen, noisiest, none, onOff } from '#wording';
import { type Capability, type HostView, type OutOfService, reservedLabelNotes } from '#contracts';
import { type Column, type Look, numbers, plainLook } from './columns.js';
import { factLine, time, wrapped } from './format.js';
import { type Listing, tableText } from './listing.js';

const yesNo = (holds: boolean | null): string => (holds === null ? 'unknown' : holds ? 'yes' : 'no');
/** When its worker was last heard of. */
const seen = (at: string | null): string => (at === null ? neverSeen : time(at));

/** What it runs, where it boots guests also the kernels that it has images of, and whether that is measured. */
function capabilityText({ probes, series, provenance }: Capability): string {
  const kernels = series === undefined ? '' : ` on ${series.join(', ') || 'no kernel'}`;
  return `${probes.join(', ')}${kernels} (${provenance})`;
}

const columns: readonly Column<HostView>[] = [
  { head: 'host', of: ({ hostId }) => hostId, cut: true },
  { head: 'generation', of: ({ bootState }) => bootState.cpu.generation },
  { head: 'where', of: ({ bootState }) => bootState.hypervisor ?? bootState.virtualization },
  { head: 'kernel', of: ({ bootState }) => bootState.kernelRelease, cut: true },
  { head: 'kpti', of: ({ bootState }) => onOff(bootState.kpti), spare: true },
  numbers(
    'TSC MHz',
    ({ bootState }) => (bootState.tscKhz === null ? null : bootState.tscKhz / 1_000),
    (mhz) => (mhz === null ? none : count(mhz)),
    { wide: true },
  ),
  { head: 'noise', of: ({ noiseFloors }) => gradeText(noisiest(noiseFloors)), spare: true },
  { head: 'is', of: ({ capabilities }) => [...new Set(capabilities.map(({ provenance }) => provenance))].join(', ') },
  {
    ...{ head: 'measures', wide: true },
    of: ({ capabilities }) => capabilities.map((one) => `${one.executor}: ${capabilityText(one)}`).join('; '),
  },
  { head: 'worker', of: ({ workerId }) => workerId, wide: true },
  { ...{ head: 'contract', wide: true }, of: ({ contractVersion: version }) => String(version ?? none) },
  {
    ...{ head: 'state', onlyWhereSome: ({ state }) => state !== undefined },
    of: ({ state }) => (state === undefined ? none : hostStateName(state)),
    raw: ({ state }) => state ?? null,
  },
  {
    ...{ head: 'why', cut: true, onlyWhereSome: ({ outOfService }) => outOfService !== undefined },
    of: ({ outOfService }) => outOfService?.reason ?? '',
  },
  { head: 'seen', of: ({ seenAt }) => seen(seenAt), raw: ({ seenAt }) => seenAt, spare: true },
];

export const hostsListing = (rows: readonly HostView[]): Listing<HostView> => ({
  ...{ columns, rows, name: ({ hostId }) => hostId },
});

export function hostsText(hosts: readonly HostView[], look: Look = plainLook): string {
  return hosts.length === 0 ? 'no hosts' : tableText(hostsListing(hosts), look);
}

/** Since when, by whom and why. */
const outOfServiceText = ({ since, by, reason, rule }: OutOfService): string =>
  `since ${time(since)} by ${rule === null ? by : `the rule of ${rule}`}: ${reason}`;

export function hostText(host: HostView, look: Look = plainLook): string {
  const { bootState: b } = host;
  const facts: [string, string][] = [
    ['worker', `${host.workerId}, contract version ${host.contractVersion ?? 'unknown'}, registered ${time(host.registeredAt)}, seen ${seen(host.seenAt)}`],
    ...(host.state === undefined ? [] : [['state', `${hostStateName(host.state)}: ${hostStates[host.state]}`] as [string, string]]),
    ...(host.outOfService === undefined ? [] : [['out of service', outOfServiceText(host.outOfService)] as [string, string]]),
    ['CPU', `${b.cpu.name} (${b.cpu.generation}, ${b.cpu.year ?? 'year unknown'}), ${b.cpus ?? 'unknown number of'} CPUs, microcode ${b.microcode ?? 'unknown'}`],
    ['kernel', `${b.kernelRelease}, page-table isolation ${onOff(b.kpti)}`],
    ['where', b.hypervisor === null ? b.virtualization : `${b.virtualization} (${b.hypervisor})`],
    ['TSC', `${b.tscKhz === null ? 'rate unknown' : `${count(b.tscKhz)} kHz`}, invariant: ${yesNo(b.tscInvariant)}; clock source ${b.clockSource ?? 'unknown'}`],
    ['SMT, turbo, governor', `${b.smt ?? 'unknown'}, ${onOff(b.turbo)}, ${b.governor ?? 'unknown'}`],
    ...host.capabilities.map((one): [string, string] => [one.executor, capabilityText(one)]),
    ...host.noiseFloors.map((floor): [string, string] => ['noise floor', floorText(floor)]),
    ...Object.entries(b.mitigations),
    ...Object.entries(b.extra),
    ['labels', Object.entries(host.labels).map(([name, value]) => `${name}=${value}`).join(', ')],
    ['boot state', host.bootStateHash],
  ]; // prettier-ignore
  const notes = reservedLabelNotes(host.labels).map((note) => wrapped(`! ${note}`, '', look, '  '));
  const lines = facts.map(([name, value]) => factLine(`${name}: ${value}`, look));
  return [`host ${host.hostId}`, ...lines, ...notes].join('\n');
}

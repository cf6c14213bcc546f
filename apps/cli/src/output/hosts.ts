import { count, floorText, gradeText, neverSeen, noisiest, none, onOff } from '#wording';
import { type Capability, type HostView, reservedLabelNotes } from '#contracts';
import { table, time } from './format.js';

const yesNo = (holds: boolean | null): string => (holds === null ? 'unknown' : holds ? 'yes' : 'no');
/** When its worker was last heard of. */
const seen = (at: string | null): string => (at === null ? neverSeen : time(at));

/** What it runs, where it boots guests also the kernels that it has images of, and whether that is measured. */
function capabilityText({ probes, series, provenance }: Capability): string {
  const kernels = series === undefined ? '' : ` on ${series.join(', ') || 'no kernel'}`;
  return `${probes.join(', ')}${kernels} (${provenance})`;
}

export function hostsText(hosts: readonly HostView[]): string {
  if (hosts.length === 0) return 'no hosts';
  return table(
    ['host', 'generation', 'where', 'kernel', 'kpti', 'TSC MHz ', 'noise', 'measures', 'worker', 'contract', 'seen'],
    hosts.map(({ hostId, workerId, bootState, capabilities, contractVersion, seenAt, noiseFloors }) => [
      hostId,
      bootState.cpu.generation,
      bootState.hypervisor ?? bootState.virtualization,
      bootState.kernelRelease,
      onOff(bootState.kpti),
      bootState.tscKhz === null ? none : count(bootState.tscKhz / 1_000),
      gradeText(noisiest(noiseFloors)),
      capabilities.map((one) => `${one.executor}: ${capabilityText(one)}`).join('; '),
      workerId,
      contractVersion === null ? none : String(contractVersion),
      seen(seenAt),
    ]),
  );
}

export function hostText(host: HostView): string {
  const { bootState: b } = host;
  const facts: [string, string][] = [
    ['worker', `${host.workerId}, contract version ${host.contractVersion ?? 'unknown'}, registered ${time(host.registeredAt)}, seen ${seen(host.seenAt)}`],
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
  const notes = reservedLabelNotes(host.labels).map((note) => `! ${note}`);
  return [`host ${host.hostId}`, ...facts.map(([name, value]) => `  ${name}: ${value}`), ...notes].join('\n');
}

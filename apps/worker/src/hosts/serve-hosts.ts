import type { HostDescription, ServedExecutorName } from '#contracts';
import type { WorkerHost } from '../attempt/attempt-context.js';
import { storable } from '../attempt/storable.js';
import type { ServedHost } from '../env/served-host.js';
import type { ServedBy, WorkerPlace } from '../executors/kind.js';
import { kinds } from '../executors/kinds.js';

type Maker = (host: ServedHost) => Promise<ServedBy>;

/**
 * The hosts of the settings with their boot states and executors, made one after the other: some boot a guest.
 *
 * @throws SettingsError for a setting that a kind does not know; HostUnreadableError where this machine can't measure.
 */
export async function serveHosts(hosts: readonly ServedHost[], place: WorkerPlace): Promise<WorkerHost[]> {
  const opened = new Map<ServedExecutorName, Promise<Maker>>();
  const makerOf = (name: ServedExecutorName): Promise<Maker> => {
    const maker = opened.get(name) ?? kinds[name].open(place);
    opened.set(name, maker);
    return maker;
  };
  const served: WorkerHost[] = [];
  for (const host of hosts) {
    const by: ServedBy[] = [];
    for (const name of host.executors) by.push(await (await makerOf(name))(host));
    const [first] = by;
    if (first === undefined) throw new Error(`host ${host.hostId} has no executor; the settings ask for one`);
    const { hostId, labels } = host;
    served.push({ hostId, labels, bootState: first.bootState, executors: by.map(({ executor }) => executor) });
  }
  return served;
}

/** What is registered of a host. */
export function describeHost({ hostId, labels, bootState, executors }: WorkerHost): HostDescription {
  const capabilities = executors.map(({ name, probes, provenance, series }) => ({
    executor: name,
    probes: [...probes],
    provenance,
    ...(series === undefined ? {} : { series: [...series] }),
  }));
  return { hostId, labels, capabilities, bootState: storable(bootState) };
}

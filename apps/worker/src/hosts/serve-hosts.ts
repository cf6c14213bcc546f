import type { HostDescription } from '#contracts';
import { simulatedBootState, simulatedMachines } from '#entry-sim';
import type { WorkerHost } from '../attempt/run-attempt.js';
import { storable } from '../attempt/storable.js';
import { SettingsError, type ServedHost } from '../env/worker-settings.js';
import { createSimulator } from '../executors/simulator/simulator.js';
import type { RealHost } from './real-host.js';
import type { VmHost } from './vm-hosts.js';

/**
 * The hosts of the settings with their boot states and executors.
 *
 * @param vmHosts the virtual ones among them, by host id
 * @throws SettingsError for a simulated machine that is not known.
 */
export function serveHosts(
  hosts: readonly ServedHost[],
  realHost: () => RealHost,
  vmHosts: ReadonlyMap<string, VmHost> = new Map(),
): WorkerHost[] {
  return hosts.map(({ hostId, labels, machine, executors, batch }): WorkerHost => {
    const virtual = vmHosts.get(hostId);
    if (virtual !== undefined) return { hostId, labels, bootState: virtual.bootState, executors: [virtual.executor] };
    if (machine === undefined) {
      const { bootState, executorsOf } = realHost();
      return { hostId, labels, bootState, executors: executorsOf({ executors, batch }) };
    }
    if (!Object.hasOwn(simulatedMachines, machine)) {
      const known = Object.keys(simulatedMachines).join(', ');
      throw new SettingsError(`WORKER_HOSTS: host ${hostId}: machine "${machine}" is not known; there are ${known}`);
    }
    return { hostId, labels, bootState: simulatedBootState(machine), executors: [createSimulator(machine)] };
  });
}

/** What the coordinator is told of a host. */
export function describeHost({ hostId, labels, bootState, executors }: WorkerHost): HostDescription {
  const capabilities = executors.map(({ name, probes, provenance, series }) => ({
    executor: name,
    probes: [...probes],
    provenance,
    ...(series === undefined ? {} : { series: [...series] }),
  }));
  return { hostId, labels, capabilities, bootState: storable(bootState) };
}

import type { BootState } from './boot-state.js';
import type { Provenance } from './probes.js';
import type { Labels } from './selector.js';

function slug(text: string): string {
  return text.replace(/[^a-zA-Z0-9._:+-]+/g, '-').slice(0, 128) || 'unknown';
}

function onOff(state: boolean | null): string {
  return state === null ? 'unknown' : state ? 'on' : 'off';
}

/**
 * The labels that every host and run carries besides those its operator gave: host, generation, uarch, vendor, virt,
 * kernel, kpti, provenance. Derived ones win over the operator's, so that a selector can trust them.
 */
export function deriveLabels(hostId: string, given: Labels, bootState: BootState, provenance: Provenance): Labels {
  return {
    ...given,
    host: hostId,
    generation: slug(bootState.cpu.generation),
    uarch: slug(bootState.cpu.microarchitecture),
    vendor: slug(bootState.cpu.vendor),
    virt: bootState.virtualization,
    kernel: slug(bootState.kernelRelease),
    kpti: onOff(bootState.kpti),
    provenance,
  };
}

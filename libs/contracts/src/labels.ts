import { type BootState, virtualizationSchema } from './boot-state.js';
import type { Guest } from './guest.js';
import { noiseOf, noiseVerdictSchema } from './noise.js';
import { provenanceSchema } from './names.js';
import type { Provenance } from './provenance.js';
import { currentLabels } from './renamed-labels.js';
import type { Labels } from './selector.js';

/** A text as a label's value: what a value can't hold becomes `-`, and it ends after 128 characters. */
export function slug(text: string): string {
  return text.replace(/[^a-zA-Z0-9._:+-]+/g, '-').slice(0, 128) || 'unknown';
}

/** The label of every host and run of a demo (xf demo): nothing of it was ever measured. */
export const demoLabel = { demo: 'simulated' } as const;

function onOff(state: boolean | null): string {
  return state === null ? 'unknown' : state ? 'on' : 'off';
}

/** The labels that `deriveLabels` gives, with their values where those are few and known; null where any may come. */
export const derivedLabels: Readonly<Record<string, readonly string[] | null>> = {
  host: null,
  generation: null,
  uarch: null,
  vendor: null,
  virt: virtualizationSchema.options,
  kernel: null,
  'kernel-series': null,
  kpti: ['on', 'off', 'unknown'],
  'cpu-model': null,
  'boot-options': null,
  noise: noiseVerdictSchema.options,
  provenance: provenanceSchema.options,
};

/**
 * The labels that every host and run carries besides those its operator gave: host, generation, uarch, vendor, virt,
 * kernel, kernel-series (its first two numbers), kpti, provenance; those of a guest also cpu-model and, when it has some,
 * boot-options; those of a measured run also noise. Derived ones win over the operator's, so that a selector can trust them.
 */
export function deriveLabels(hostId: string, given: Labels, bootState: BootState, provenance: Provenance): Labels {
  const { cpuModel, bootOptions } = bootState.extra;
  const noise = noiseOf(bootState.extra)?.verdict;
  return {
    ...currentLabels(given),
    host: hostId,
    generation: slug(bootState.cpu.generation),
    uarch: slug(bootState.cpu.microarchitecture),
    vendor: slug(bootState.cpu.vendor),
    virt: bootState.virtualization,
    kernel: slug(bootState.kernelRelease),
    'kernel-series': /^\d+\.\d+/.exec(bootState.kernelRelease)?.[0] ?? 'unknown',
    kpti: onOff(bootState.kpti),
    ...(cpuModel === undefined ? {} : { 'cpu-model': slug(cpuModel) }),
    ...(bootOptions === undefined ? {} : { 'boot-options': slug(bootOptions) }),
    ...(noise === undefined ? {} : { noise }),
    provenance,
  };
}

/** Selects the runs of a cell by the labels that its guests have: what was booted, not what was asked for. */
export function guestSelector({ series, kpti, cpuModel, bootOptions }: Guest): string {
  return [
    `kernel-series=${series}`,
    `kpti=${onOff(kpti)}`,
    ...(cpuModel === undefined ? [] : [`cpu-model=${slug(cpuModel)}`]),
    ...(bootOptions === undefined ? [] : [bootOptions === '' ? '!boot-options' : `boot-options=${slug(bootOptions)}`]),
  ].join(',');
}

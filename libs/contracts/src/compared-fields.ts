import { bootFieldNames } from './boot-fields.js';
import { derivedLabels } from './labels.js';

/**
 * What a fact of a boot state is to a comparison:
 * - `identity`: tells the CPU model. Comparing models compares all that follows from them.
 * - `of-model`: belongs to the model (microcode revisions, clock, number of CPUs); only within one model is another value another
 *   condition.
 * - `condition`: may change what a crossing costs, and can be set or change by itself.
 * - `incidental`: can't, or stands in other fields as well.
 */
export type FieldTrait = 'identity' | 'of-model' | 'condition' | 'incidental';

export interface ComparedField {
  trait: FieldTrait;
  /** Where one of these differs too, this one follows from it and is no difference of its own. */
  follows: readonly string[];
}

const field = (trait: FieldTrait, ...follows: string[]): ComparedField => ({ trait, follows });

const fields: Readonly<Record<string, ComparedField>> = {
  generation: field('identity', 'cpu-model'),
  'cpu-name': field('identity', 'cpu-model'),
  cpuid: field('identity', 'cpu-model'),
  uarch: field('identity', 'cpu-model'),
  vendor: field('identity', 'cpu-model'),
  // Of guests: the CPU that they ran on.
  'fact.hostCpu': field('identity'),
  microcode: field('of-model', 'virt'),
  'tsc-invariant': field('of-model', 'virt'),
  cpus: field('of-model', 'virt', 'smt'),
  // A VM shows another model, and not what its host is set to.
  virt: field('condition'),
  hypervisor: field('condition', 'virt'),
  governor: field('condition', 'virt'),
  turbo: field('condition', 'virt'),
  smt: field('condition', 'virt'),
  'fact.core-mhz': field('of-model', 'virt', 'turbo', 'governor'),
  'fact.paging': field('condition', 'virt'),
  'fact.container': field('condition', 'virt'),
  'fact.accelerator': field('condition', 'virt', 'hypervisor'),
  'fact.qemuVersion': field('condition', 'virt', 'hypervisor'),
  'fact.memoryMib': field('condition', 'virt'),
  'cpu-model': field('condition', 'virt'),
  'kernel-series': field('condition'),
  kernel: field('condition', 'kernel-series'),
  'kernel-version': field('condition', 'kernel', 'kernel-series'),
  'fact.kernelImage': field('condition', 'kernel', 'kernel-series'),
  'boot-options': field('condition'),
  kpti: field('condition', 'boot-options'),
  'command-line': field('condition', 'boot-options'),
  // The measuring programs and the cost model: another instrument.
  'fact.hook': field('condition'),
  'fact.xperfSources': field('condition'),
  'fact.guestImage': field('condition'),
  'fact.simulator': field('condition'),
  executor: field('condition'),
  host: field('incidental'),
  // Nanoseconds are compared where the rates differ, and the stamps are of the TSC whatever keeps the kernel's time.
  'tsc-khz': field('incidental'),
  'clock-source': field('incidental'),
  // Said in a warning of its own, run by run.
  noise: field('incidental'),
  'fact.noise': field('incidental'),
  'fact.noiseReasons': field('incidental'),
  'fact.noiseUnknown': field('incidental'),
  'fact.noiseNotSet': field('incidental'),
  'fact.pinnedCpu': field('incidental'),
  'fact.readerCpu': field('incidental'),
  'fact.tscRateFrom': field('incidental'),
  // What stands between the stamps is checked in what it compiles (kernel/xperf/disassembly.mjs).
  'fact.compiler': field('incidental'),
  // The same as the labels cpu-model and boot-options; the name of a simulated machine, and how far to trust it.
  'fact.cpuModel': field('incidental'),
  'fact.bootOptions': field('incidental'),
  'fact.machine': field('incidental'),
  'fact.error-band': field('incidental'),
  'fact.standing': field('incidental'),
};

/** How a vulnerability is mitigated follows from all of these. */
const mitigation = field(
  'condition',
  ...['virt', 'hypervisor', 'cpu-model', 'kernel-series', 'kernel', 'kernel-version', 'microcode', 'smt'],
  ...['command-line', 'boot-options'],
);
const meltdown: ComparedField = { ...mitigation, follows: [...mitigation.follows, 'kpti'] };

/** What a field is to a comparison. Facts that no table knows count as conditions. */
export function comparedField(name: string): ComparedField {
  if (Object.hasOwn(fields, name)) return fields[name] ?? field('condition');
  if (name === 'mitigation.meltdown') return meltdown;
  return name.startsWith('mitigation.') ? mitigation : field('condition');
}

/** What `mitigation.*` says of a CPU that the vulnerability is not in. */
export const notAffected = 'Not-affected';

/** Labels that say whence a figure is, which is never a condition that can be allowed. */
const ofOrigin = ['provenance'];

/** The derived labels that take part in comparisons as fields. */
export const comparedLabels: readonly string[] = Object.keys(derivedLabels).filter((name) => !ofOrigin.includes(name));

/** Every field that `--by`, `--pool` and `--allow` know by name; each `mitigation.…` and `fact.…` besides. */
export const comparedFieldNames: readonly string[] = [...comparedLabels, ...bootFieldNames, 'executor'];

/** Those that a table says something of. */
export const declaredFields: readonly string[] = Object.keys(fields);

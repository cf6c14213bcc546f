import type { BootState } from './boot-state.js';
import { slug } from './labels.js';
import { isRunTerm } from './run-terms.js';
import type { Labels } from './selector.js';

interface BootField {
  /** As people type it in a selector. */
  name: string;
  /** Null when the fact is not known: then `!name` holds. */
  of: (bootState: BootState) => string | number | boolean | null;
}

/**
 * The facts of a boot state that selectors name besides the labels derived from it (generation, kernel, kpti, virt …). Text is
 * written as its slug: `microcode=0x49`, `mitigation.mds=Vulnerable-SMT-disabled`, or in quotes as it is.
 */
const bootFields: readonly BootField[] = [
  { name: 'microcode', of: ({ microcode }) => microcode },
  { name: 'smt', of: ({ smt }) => smt },
  { name: 'turbo', of: ({ turbo }) => turbo },
  { name: 'governor', of: ({ governor }) => governor },
  { name: 'hypervisor', of: ({ hypervisor }) => hypervisor },
  // In whole MHz, as boot states are told apart (hashBootState): each boot calibrates it some ppm apart.
  { name: 'tsc-khz', of: ({ tscKhz }) => (tscKhz === null ? null : Math.round(tscKhz / 1000) * 1000) },
  { name: 'tsc-invariant', of: ({ tscInvariant }) => tscInvariant },
  { name: 'clock-source', of: ({ clockSource }) => clockSource },
  { name: 'cpus', of: ({ cpus }) => cpus },
  { name: 'cpu-name', of: ({ cpu }) => cpu.name },
  { name: 'cpuid', of: ({ cpu }) => `${cpu.family}-${cpu.model}-${cpu.stepping}` },
  { name: 'kernel-version', of: ({ kernelVersion }) => kernelVersion },
  { name: 'command-line', of: ({ kernelCommandLine }) => kernelCommandLine },
];
/** Each mitigation and each extra fact is a field of its own behind these. */
const prefixes = ['mitigation.', 'fact.'] as const;

export const bootFieldNames: readonly string[] = bootFields.map(({ name }) => name);

/** Whether a name is reserved for a fact of the boot state. A label of that name is reached as `label.<name>`. */
export function isBootField(name: string): boolean {
  return bootFieldNames.includes(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

/** Whether an operator's label of this name is reached as `label.<name>` only. */
const isReserved = (name: string): boolean => isBootField(name) || isRunTerm(name);

/** The name under which a selector reaches a label. */
export const reachedAs = (label: string): string => (isReserved(label) ? `label.${label}` : label);

/** For whoever gave a host its labels: which of them selectors reach under another name. */
export function reservedLabelNotes(labels: Labels): string[] {
  return Object.keys(labels)
    .filter(isReserved)
    .map(
      (name) =>
        `selectors take "${name}" for ${isBootField(name) ? 'the fact of the boot state' : 'a term of runs'}; the label is reached as ${reachedAs(name)}`,
    );
}

/** The label that a selector's name reaches; null for a fact of the boot state or of the run. */
export function labelReached(name: string): string | null {
  const behind = name.startsWith('label.') ? name.slice('label.'.length) : '';
  if (isReserved(behind)) return behind;
  return isReserved(name) ? null : name;
}

function typed(value: string | number | boolean): string {
  return slug(typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value));
}

/** The facts of a boot state by the names and in the words that selectors have for them; unknown ones are left out. */
export function bootFieldsOf(bootState: BootState): Labels {
  const known = bootFields.flatMap(({ name, of }) => {
    const value = of(bootState);
    return value === null || value === '' ? [] : [[name, typed(value)]];
  });
  const named = (prefix: string, facts: Labels) =>
    Object.entries(facts).flatMap(([name, text]) => {
      // What is no name of a label could not be typed.
      return /^[a-zA-Z0-9._/-]{1,50}$/.test(name) && text !== '' ? [[`${prefix}${name}`, typed(text)]] : [];
    });
  const [mitigation, fact] = prefixes;
  return Object.fromEntries([
    ...known,
    ...named(mitigation, bootState.mitigations),
    ...named(fact, bootState.extra),
  ]) as Labels;
}

/** All that a selector can ask of a host: its labels and the facts of its boot state (`bootFieldsOf`). */
export function selectable(labels: Labels, bootFields: Labels): Labels {
  const own = Object.fromEntries(Object.entries(labels).map(([name, value]) => [reachedAs(name), value]));
  return { ...bootFields, ...own };
}

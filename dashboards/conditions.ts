/**
 * Facts of a boot state that may change a crossing's cost and can be set, besides the kernel, KPTI and bare or VM of a cell (`cell.ts`):
 * the parts of `boot_states.settings`, which the migration `boot_conditions` makes.
 */
export const settings = ['smt', 'turbo', 'governor', 'hypervisor'] as const;

/** Those as one text, as SQL over `boot_states AS boot`: the coordinator refuses to compare sides that differ in one. */
export const settingsOf = 'boot.settings';

/** The CPU's model, which says whose microcode it is. */
export const modelOf = 'boot.model';

/** Within one model, another microcode is another condition. */
export const microcodeOf = 'boot.microcode';

/** Mitigations that are there, without that of Meltdown, which is KPTI; null of none. */
export const mitigationsOf = 'boot.mitigations_but_kpti';

/** Facts of a boot state that may change a crossing's cost and can be set, besides the kernel, KPTI and bare or VM of a cell (`cell.ts`). */
export const settings = ['smt', 'turbo', 'governor', 'hypervisor'] as const;

/** Those as one text, as SQL over `boot_states AS boot`: the coordinator refuses to compare sides that differ in one. */
export const settingsOf = `concat_ws(', ', ${settings.map((name) => `'${name} ' || coalesce(boot.boot_state ->> '${name}', '?')`).join(', ')})`;

/** The CPU's model, which says whose microcode it is. */
export const modelOf = `concat_ws('-', boot.boot_state #>> '{cpu,vendor}', boot.boot_state #>> '{cpu,family}', boot.boot_state #>> '{cpu,model}', boot.boot_state #>> '{cpu,stepping}')`;

/** Within one model, another microcode is another condition. */
export const microcodeOf = `coalesce(boot.boot_state ->> 'microcode', '?')`;

/** Mitigations that are there, without that of Meltdown, which is KPTI; null of none. */
export const mitigationsOf = `(SELECT string_agg(one.key || ': ' || one.value, ', ' ORDER BY one.key) FROM jsonb_each_text(boot.boot_state -> 'mitigations') AS one WHERE one.key <> 'meltdown' AND one.value <> 'Not affected')`;

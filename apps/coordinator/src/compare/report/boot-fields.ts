import type { Replicate, Side } from '../side.js';
import type { BootField } from './content.js';

function valuesOf(runs: readonly Replicate[], field: string): BootField['a'] {
  const tally = new Map<string | null, number>();
  for (const { facts } of runs) tally.set(facts[field] ?? null, (tally.get(facts[field] ?? null) ?? 0) + 1);
  return [...tally]
    .map(([value, count]) => ({ value, runs: count }))
    .sort((x, y) => y.runs - x.runs || ((x.value ?? '') < (y.value ?? '') ? -1 : 1));
}

/** Every field that is known of a run on either side, in the order of their names. Pure. */
export function bootFieldsOf(a: Side, b: Side): BootField[] {
  const facts = new Set([...a.runs, ...b.runs].map((run) => run.facts));
  const fields = [...new Set([...facts].flatMap((one) => Object.keys(one)))].sort();
  return fields.map((field) => ({ field, a: valuesOf(a.runs, field), b: valuesOf(b.runs, field) }));
}

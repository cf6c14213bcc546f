import { comparedLabels, type Labels } from '#contracts';
import type { PrismaClient } from '#event-store';
import { commandLineThatMatters } from './command-line.js';

/** What is known of the boot state and executor that a run was measured under, by the fields of comparisons. */
export type Facts = Readonly<Record<string, string>>;

interface FactsRow {
  boot_state_hash: string;
  labels: Labels | null;
  fields: Labels;
  command_line: string | null;
}

/** Labels and fields of a boot state in one; the command line without what differs anyway. */
export function factsOf({ labels, fields, command_line: line }: Omit<FactsRow, 'boot_state_hash'>): Facts {
  const derived = comparedLabels.flatMap((name) => {
    const value = name === 'host' ? undefined : labels?.[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const commandLine = line === null ? {} : { 'command-line': commandLineThatMatters(line) };
  return { ...fields, ...Object.fromEntries(derived), ...commandLine };
}

/**
 * The facts of boot states by their hashes. A boot state says nothing of hosts, so one run of each shows its derived labels.
 *
 * @param runs one run's id by the hash of its boot state
 */
export async function factsByHash(db: PrismaClient, runs: ReadonlyMap<string, string>): Promise<Map<string, Facts>> {
  if (runs.size === 0) return new Map();
  const rows = await db.$queryRaw<FactsRow[]>`
    SELECT boot_state_hash, r.labels, b.fields, b.boot_state ->> 'kernelCommandLine' AS command_line
      FROM runs r JOIN boot_states b USING (boot_state_hash)
     WHERE r.run_id = ANY(${[...runs.values()]}::uuid[])`;
  return new Map(rows.map(({ boot_state_hash, ...row }) => [boot_state_hash, factsOf(row)]));
}

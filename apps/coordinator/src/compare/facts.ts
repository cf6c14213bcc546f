import { comparedLabels, type Labels } from '#contracts';
import { Prisma, type PrismaClient, rowsOf } from '#event-store';
import { commandLineThatMatters } from './command-line.js';

/** What is known of the boot state and executor that a run was measured under, by the fields of comparisons. */
export type Facts = Readonly<Record<string, string>>;

interface FactsRow {
  hash: string;
  executor: string;
  run_id: string;
  command_line: string | null;
  /** Of labels and fields. */
  digest: string;
}

interface ContentRow {
  run_id: string;
  labels: Labels;
  fields: Labels;
}

/** Labels that are facts too. */
export const labelNames = comparedLabels.filter((name) => name !== 'host');

/** Labels and fields of a boot state in one; the command line without what differs anyway. */
export function factsOf({
  labels,
  fields,
  command_line: line,
}: {
  labels: Labels | null;
  fields: Labels;
  command_line: string | null;
}): Facts {
  const { 'command-line': _whole, ...others } = fields;
  const derived = labelNames.flatMap((name) => {
    const value = labels?.[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const commandLine = line === null ? {} : { 'command-line': commandLineThatMatters(line) };
  return { ...others, ...Object.fromEntries(derived), ...commandLine };
}

/** A run's boot state and executor as a key of `factsOfRuns`. */
export const factsKey = (bootStateHash: string, executor: string): string => `${bootStateHash} ${executor}`;

/**
 * The facts of boot states under an executor. Those that agree in everything that comparisons look at are one object, by which runs are
 * grouped, and are read once: a fleet has as many boot states as hosts (each boots from a disk of its own), of a few kinds. A boot
 * state says nothing of hosts, so one run of each shows its derived labels.
 *
 * @param runs one run's id by `factsKey`
 */
export async function factsOfRuns(db: PrismaClient, runs: ReadonlyMap<string, string>): Promise<Map<string, Facts>> {
  if (runs.size === 0) return new Map();
  const rows = await digestsOf(db, [...runs.values()]);
  const contents = await contentsOf(db, new Map(rows.map(({ digest, run_id }) => [digest, run_id])));
  const distinct = new Map<string, Facts>();
  return new Map(
    rows.map(({ hash, executor, command_line, digest }) => {
      const line = command_line === null ? null : commandLineThatMatters(command_line);
      const key = JSON.stringify([digest, executor, line]);
      const commandLine = line === null ? {} : { 'command-line': line };
      const facts = distinct.get(key) ?? { ...contents.get(digest), ...commandLine, executor };
      distinct.set(key, facts);
      return [factsKey(hash, executor), facts];
    }),
  );
}

/** Short rows of many boot states: their texts are a kilobyte each. */
function digestsOf(db: PrismaClient, runIds: readonly string[]): Promise<FactsRow[]> {
  // Characters that no label has part them, and stand for one that is not there.
  const labels = labelNames.map((name) => Prisma.sql`coalesce(r.labels ->> ${name}::text, chr(30))`);
  const statement = Prisma.sql`
    SELECT r.boot_state_hash AS hash, r.executor, r.run_id, b.boot_state ->> 'kernelCommandLine' AS command_line,
           md5(concat_ws(chr(31), (b.fields - 'command-line')::text, ${Prisma.join(labels)})) AS digest
      FROM runs r JOIN boot_states b USING (boot_state_hash)
     WHERE r.run_id = ANY(${[...runIds]}::uuid[])`;
  return rowsOf(db, statement);
}

/** @param runs one run's id by digest */
async function contentsOf(db: PrismaClient, runs: ReadonlyMap<string, string>): Promise<Map<string, Facts>> {
  const rows = await db.$queryRaw<ContentRow[]>`
    SELECT r.run_id, r.labels, b.fields FROM runs r JOIN boot_states b USING (boot_state_hash)
     WHERE r.run_id = ANY(${[...runs.values()]}::uuid[])`;
  const byRun = new Map(rows.map(({ run_id, ...row }) => [run_id, factsOf({ ...row, command_line: null })]));
  return new Map([...runs].map(([digest, runId]) => [digest, byRun.get(runId) ?? {}]));
}

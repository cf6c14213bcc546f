import { rebuildAlone } from '../../fleet/read-model.js';
import { database, type PostgresServer } from '../postgres-server.js';
import type { Finding } from './finding.js';

/** Not computed from events, or not from them alone: history itself, how far and by whom it was read, who lives, keys. */
const notRebuilt = [
  'events',
  'sample_batches',
  'checkpoints',
  'set_aside_streams',
  'projections',
  'streams_to_refold',
  'worker_presence',
  'worker_sessions',
  'run_leases',
  'api_keys',
];
const copy = 'chaos_rebuilt';
const rowsShown = 3;

/** A table's rows as text. New tables are compared without being named here. */
async function tablesOf(postgres: PostgresServer, name: string): Promise<Map<string, string[]>> {
  return postgres.asAdmin(async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%'
          AND tablename <> ALL ($1) ORDER BY 1`,
      [notRebuilt],
    );
    const content = new Map<string, string[]>();
    for (const { name: table } of tables) {
      const { rows } = await client.query<{ row: string }>(
        `SELECT to_jsonb(t)::text AS row FROM ${client.escapeIdentifier(table)} t ORDER BY 1`,
      );
      content.set(
        table,
        rows.map(({ row }) => row),
      );
    }
    return content;
  }, name);
}

type Row = Record<string, unknown>;
const differing = (a: Row, b: Row): string[] =>
  Object.keys(a).filter((column) => JSON.stringify(a[column]) !== JSON.stringify(b[column]));

/** A row beside the one that is most like it, in the columns in which they differ. */
function rowText(kept: string, others: readonly string[]): string {
  const row = JSON.parse(kept) as Row;
  const nearest = others
    .map((other) => JSON.parse(other) as Row)
    .map((other) => ({ other, columns: differing(row, other) }))
    .sort((a, b) => a.columns.length - b.columns.length)[0];
  const [first] = Object.keys(row).filter((column) => column.endsWith('_id'));
  const name = first === undefined ? '' : `${first} ${JSON.stringify(row[first])}: `;
  if (nearest === undefined || nearest.columns.length > Object.keys(row).length / 2) return kept.slice(0, 300);
  const { other, columns } = nearest;
  const texts = columns.map(
    (column) => `${column} ${JSON.stringify(row[column])}, not ${JSON.stringify(other[column])}`,
  );
  return `${name}${texts.join('; ')}`.slice(0, 300);
}

/** Rows that the kept table and the rebuilt one do not share. */
export function differences(table: string, kept: readonly string[], rebuilt: readonly string[]): Finding[] {
  const [inKept, inRebuilt] = [new Set(kept), new Set(rebuilt)];
  const extra = kept.filter((row) => !inRebuilt.has(row));
  const missing = rebuilt.filter((row) => !inKept.has(row));
  if (extra.length + missing.length === 0 && kept.length === rebuilt.length) return [];
  const some = (extra.length > 0 ? extra : missing).slice(0, rowsShown);
  const texts = some.map((row) => rowText(row, extra.length > 0 ? missing : []));
  const says = `${extra.length} of ${kept.length} rows are not in a rebuild, which has ${missing.length} others: ${texts.join(' | ')}`;
  return [{ check: 'read-model', about: table, says }];
}

/**
 * Copies the database, empties the copy's read model, folds all events into it again and compares every table. Nobody
 * may be connected to the database meanwhile.
 */
export async function readModelRebuilt(postgres: PostgresServer): Promise<{ findings: Finding[]; tables: string[] }> {
  const kept = await tablesOf(postgres, database);
  await postgres.asAdmin(async (client) => {
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database]);
    await client.query(`CREATE DATABASE ${copy} TEMPLATE ${database}`);
  }, 'postgres');
  const errors: unknown[] = [];
  await rebuildAlone(postgres.adminUrl(copy)).catch((error: unknown) => errors.push(error));
  const rebuilt = await tablesOf(postgres, copy);
  const findings = [...kept].flatMap(([table, rows]) => differences(table, rows, rebuilt.get(table) ?? []));
  for (const error of errors) findings.push({ check: 'read-model', about: 'rebuild', says: String(error) });
  return { findings, tables: [...kept.keys()] };
}

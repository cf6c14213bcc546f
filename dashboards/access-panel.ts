import type { Section } from './board.js';
import { units } from './fields.js';
import { table, width, wrapped } from './table.js';
import { queryText, type Queries } from './queries.js';

/** The tables, views and functions without arguments that queries read: what stands behind FROM and JOIN and is no part of the same query. */
export function tablesOf(queries: Iterable<string>): string[] {
  const found = new Set<string>();
  for (const sql of queries) {
    const parts = new Set(
      [...sql.matchAll(/(?:WITH|,)\s+([a-z_]+)(?: \([^)]*\))? AS (?:MATERIALIZED )?\(/g)].map(([, name]) => name),
    );
    for (const [, name = ''] of sql.matchAll(/(?<!\bepoch )\b(?:FROM|JOIN) ([a-z_]+)(?!\w|\.|\([^)])/g))
      if (!parts.has(name)) found.add(name);
  }
  return [...found].sort();
}

export const sqlNames = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** Where other panels send their reader. */
export const unreadableTitle = 'What can’t be read';

/**
 * What the login may not read or the database does not have. It asks PostgreSQL's catalogue only, so it has an answer where every other
 * panel shows PostgreSQL's refusal.
 */
export function access(queries: Queries, columns: number): Section['panels'][number] {
  return {
    width: columns,
    panel: table(
      {
        title: `${unreadableTitle} · not only $provenance`,
        description:
          'Tables that the boards read and the data source’s login may not, or that the database does not have, and what to do. Empty: all can be read.',
        unit: units.count,
        noValue: 'all tables can be read',
      },
      queryText(queries, 'unreadable', { tables: sqlNames(tablesOf(queries.values())) }),
    )
      .overrideByName('table', width(160))
      .overrideByName('fault', wrapped)
      .overrideByName('remedy', wrapped),
  };
}

/** As a row of its own, for a board whose first row has no place for it. */
export const accessSection = (queries: Queries): Section => ({
  title: 'Access',
  height: 4,
  panels: [access(queries, 24)],
});

// What queries ask of the database, found in their text and in prisma/schema.sql.
import { existsSync, readFileSync } from 'node:fs';

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

/** The schema stands beside the sources, which are one folder further from dist/. */
function schemaText(): string {
  const file = ['../prisma/schema.sql', '../../prisma/schema.sql']
    .map((path) => new URL(path, import.meta.url))
    .find((one) => existsSync(one));
  if (file === undefined) throw new Error('there is no prisma/schema.sql beside dashboards/');
  return readFileSync(file, 'utf8');
}

const schema = schemaText();
const columns = new Map<string, string[]>();
for (const [, table = '', column = ''] of schema
  .slice(0, schema.indexOf('\n-- constraints\n'))
  .matchAll(/^(\w+)\.(\w+) /gm))
  columns.set(table, [...(columns.get(table) ?? []), column]);
const functions = [...schema.matchAll(/^CREATE OR REPLACE FUNCTION public\.(\w+)\(/gm)].map(([, name = '']) => name);

/** Tables and views, each with the columns that are asked of it, and functions, which have none. */
export type Needs = Readonly<Record<string, readonly string[]>>;

/**
 * What the database must have for these queries. A column counts where a query has its name at all: of two tables with a column of one
 * name, both are taken to be asked for it.
 */
export function needsOf(queries: Iterable<string>): Needs {
  const needs = new Map<string, Set<string>>();
  for (const sql of queries) {
    const words = new Set(sql.match(/\w+/g));
    for (const name of [...tablesOf([sql]), ...functions.filter((one) => sql.includes(`${one}(`))]) {
      const asked = columns.get(name)?.filter((column) => words.has(column)) ?? [];
      needs.set(name, new Set([...(needs.get(name) ?? []), ...asked]));
    }
  }
  return Object.fromEntries([...needs].sort().map(([name, asked]) => [name, [...asked].sort()]));
}

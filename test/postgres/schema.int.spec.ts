import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { createPrisma } from '#event-store';
import { describeSchema } from '../../libs/postgres/src/describe-schema.js';
import { freshDatabase, type FreshDatabase } from './fresh-database.js';
import { readPrismaSchema, type PrismaTable } from './prisma-schema.js';
import { schemaFile, schemaHeading } from './schema-file.js';

let database: FreshDatabase;
let client: pg.Client;
let tables: PrismaTable[];
beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  tables = readPrismaSchema(await readFile(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8'));
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

describe('prisma/schema.sql', () => {
  it('is what the migrations make (npm run schema:dump writes it)', async () => {
    expect(schemaHeading + (await describeSchema(database.adminUrl))).toBe(await readFile(schemaFile, 'utf8'));
  });
});

describe('prisma/schema.prisma', () => {
  it('names every table and column of the migrations, with its type and whether it may be null', async () => {
    const { rows } = await client.query(
      `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
              NOT a.attnotnull AS nullable
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> '_prisma_migrations'
          AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY c.relname, a.attname`,
    );
    // timestamptz without precision is timestamptz(6).
    const actual = rows.map((row: { type: string }) => ({
      ...row,
      type: row.type.replace(/^timestamp with/, 'timestamp(6) with'),
    }));
    const order = (a: { table: string; column: string }, b: { table: string; column: string }) =>
      a.table < b.table || (a.table === b.table && a.column < b.column) ? -1 : 1;
    expect(actual).toEqual(tables.flatMap(({ columns }) => columns).sort(order));
  });

  it('names every primary key, unique key and whole-table index of the migrations', async () => {
    const { rows } = await client.query<{ table: string; kind: string; columns: string[] }>(
      `SELECT c.relname AS table,
              CASE WHEN i.indisprimary THEN 'primary' WHEN i.indisunique THEN 'unique' ELSE 'index' END AS kind,
              ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k(num, ord)
                      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num ORDER BY k.ord) AS columns
         FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> '_prisma_migrations' AND i.indpred IS NULL`,
    );
    const text = (table: string, kind: string, columns: string[]) => `${table} ${kind} (${columns.join(', ')})`;
    const named = tables.flatMap(({ table, keys }) => keys.map(({ kind, columns }) => text(table, kind, columns)));
    // Prisma's language can't say NULLS FIRST, nor an expression (runs_by_ending), nor a collation (hosts_listing).
    const unsayable = ['runs index (ended_at, run_id)', 'runs index ()', 'hosts index (host_id)'];
    expect([...named, ...unsayable].sort()).toEqual(rows.map((r) => text(r.table, r.kind, r.columns)).sort());
  });

  it('has a model for each table that the generated client can query', async () => {
    const db = createPrisma(database.adminUrl);
    try {
      for (const { model } of tables) {
        const name = `${model.charAt(0).toLowerCase()}${model.slice(1)}`;
        const delegate = Reflect.get(db, name) as { findMany(): Promise<unknown[]> };
        // Those whose tables earlier releases filled.
        const rows = model === 'ProjectionStanding' ? [{ name: 'operational' }] : [];
        expect({ model, rows: await delegate.findMany() }).toMatchObject({ model, rows });
      }
    } finally {
      await db.$disconnect();
    }
  }, 60_000);
});

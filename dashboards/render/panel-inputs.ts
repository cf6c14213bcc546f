// What a board's panels and variables get from the database, as Grafana asks it: variables in their order, then every target.
import pg from 'pg';
import type { Format } from '../postgres-query.js';
import type { ResultColumn } from '../testing/grafana-frame.js';
import { expandMacros, expandVariables, type QueryRange } from '../testing/grafana-sql.js';

export interface PanelJson {
  id: number;
  title: string;
  type: string;
  fieldConfig: object;
  targets?: { refId: string; format: Format; rawSql: string }[];
}
interface VariableJson {
  name: string;
  type: string;
  query: string;
  multi?: boolean;
  includeAll?: boolean;
  hide?: number;
  current?: { value?: string | string[] };
}
export interface BoardJson {
  uid: string;
  title: string;
  panels: PanelJson[];
  templating: { list: VariableJson[] };
  annotations?: { list?: { name: string; target?: { rawSql?: string } }[] };
}
export interface TargetInput {
  refId: string;
  format: Format;
  columns: ResultColumn[];
  rows: unknown[][];
}
export type Values = Record<string, string | readonly string[]>;

const kinds: Readonly<Record<number, ResultColumn['kind']>> = {
  [pg.types.builtins.TIMESTAMPTZ]: 'time',
  [pg.types.builtins.INT4]: 'number',
  [pg.types.builtins.INT8]: 'number',
  [pg.types.builtins.FLOAT8]: 'number',
  [pg.types.builtins.NUMERIC]: 'number',
  [pg.types.builtins.TEXT]: 'text',
};

export const ask = (client: pg.Client, sql: string, values: Values, range: QueryRange) =>
  run(client, expandMacros(expandVariables(sql, values), range));

/** What PostgreSQL gives for a text without variables and macros. */
export async function run(client: pg.Client, text: string) {
  const { fields, rows } = await client.query<unknown[]>({ text, rowMode: 'array' });
  const columns = fields.map(({ name, dataTypeID }) => ({ name, kind: kinds[dataTypeID] ?? ('other' as const) }));
  return { columns, rows };
}

/** What each variable is set to when the board is opened: what the link says, else the first choice, or all of them. */
export async function valuesOf(
  client: pg.Client,
  board: BoardJson,
  range: QueryRange,
  linked: Values = {},
): Promise<Values> {
  const values: Values = {};
  for (const { name, type, query, multi, includeAll, current } of board.templating.list) {
    if (name in linked) values[name] = linked[name] as string;
    else if (type === 'query') {
      const choices = (await ask(client, query, values, range)).rows.map(([choice]) => String(choice));
      values[name] = multi && includeAll ? choices : (choices[0] ?? '');
    } else values[name] = current?.value ?? query;
  }
  return values;
}

/** The rows of a panel's targets. */
export async function targetsOf(
  client: pg.Client,
  { targets = [] }: PanelJson,
  values: Values,
  range: QueryRange,
): Promise<TargetInput[]> {
  const asked: TargetInput[] = [];
  for (const { refId, format, rawSql } of targets)
    asked.push({ refId, format, ...(await ask(client, rawSql, values, range)) });
  return asked;
}

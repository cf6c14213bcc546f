// What every board must keep to: the rules of grafana/dashboard-linter that are not about Prometheus or Loki, and ours. Each says what is
// wrong with a board, in words.

export interface LintedPanel {
  id: number;
  type: string;
  title?: string;
  description?: string;
  datasource?: { uid?: string };
  targets?: { refId: string; datasource?: { uid?: string }; rawSql: string; format: string }[];
  fieldConfig?: { defaults: { unit?: string }; overrides: { properties: { id: string }[] }[] };
}
export interface LintedBoard {
  uid: string;
  editable?: boolean;
  panels: LintedPanel[];
  templating: {
    list: { name: string; type: string; query?: unknown; refresh?: number; datasource?: { uid?: string } }[];
  };
  annotations?: { list?: { name: string; datasource?: { uid?: string }; target?: { rawSql?: string } }[] };
}

/** Columns of the indexes of each table, as prisma/schema.sql has them. */
export type IndexedColumns = ReadonlyMap<string, ReadonlySet<string>>;
type Rule = (board: LintedBoard, indexed: IndexedColumns) => string[];

const drawn = ({ panels }: LintedBoard): LintedPanel[] => panels.filter(({ type }) => type !== 'row');
const source = '${datasource}';

/** A query without what may stand in for it (`stand-ins.ts`). */
const itself = (sql: string): string => sql.replaceAll(/^\$\{unread\w*:raw\}$/gm, '').trim();

/** Every SQL text of a board, and where it stands. */
function queriesOf(board: LintedBoard): { place: string; sql: string; bounded: boolean }[] {
  return [
    ...drawn(board).flatMap(({ title, targets = [] }) =>
      targets.map(({ refId, rawSql }) => ({ place: `${title} ${refId}`, sql: itself(rawSql), bounded: true })),
    ),
    ...board.templating.list
      .filter(({ type }) => type === 'query')
      .map(({ name, query }) => ({ place: `variable ${name}`, sql: itself(String(query)), bounded: true })),
    ...(board.annotations?.list ?? []).flatMap(({ name, target }) =>
      target?.rawSql === undefined ? [] : [{ place: `marks ${name}`, sql: itself(target.rawSql), bounded: true }],
    ),
  ];
}

/** The table behind an alias of a query, if it is one. */
function tableOf(sql: string, alias: string): string | undefined {
  const named = new RegExp(`\\b(?:FROM|JOIN)\\s+(\\w+)(?:\\s+AS)?\\s+${alias}\\b`).exec(sql)?.[1];
  return named ?? (alias === '' ? /\bFROM\s+(\w+)/.exec(sql)?.[1] : undefined);
}

/** A result that cannot grow: it says how many rows at most, or has one. */
const bound = /\bLIMIT (\d+)\s*(?:\)|$)|\bLIMIT (\d+)\) AS/;
const mostRows = 10_000;
/** Of one row, of a row for each read model or each choice: nothing in the history makes them more. */
const small =
  /^SELECT (?:unnest|count|pg_database_size|CASE|max|coalesce\(string_agg)|\bFROM checkpoints\b|\bFROM chosen\b|\brun_id = \(CASE\b/;

/** The fleet as a machine, and what the board says of itself: nothing lies behind it. */
const ends =
  /^(?:Choices that do not exist|What can’t be read|Database|Database over time|Read models|Who holds the read models back) ·/;

export const rules: Readonly<Record<string, Rule>> = {
  'template-datasource': ({ templating }) =>
    templating.list.some(
      ({ name, type, query }) =>
        name === 'datasource' && type === 'datasource' && query === 'grafana-postgresql-datasource',
    )
      ? []
      : ['there is no variable datasource of PostgreSQL'],
  'panel-datasource': (board) => [
    ...drawn(board)
      .filter(({ datasource, targets = [] }) =>
        [datasource, ...targets.map((target) => target.datasource)].some((one) => one?.uid !== source),
      )
      .map(({ title }) => `${title} does not ask the chosen data source`),
    ...board.templating.list
      .filter(({ type, datasource }) => type === 'query' && datasource?.uid !== source)
      .map(({ name }) => `variable ${name} does not ask the chosen data source`),
  ],
  'panel-title-description': (board) =>
    drawn(board)
      .filter(({ title, description }) => !title || !description)
      .map(({ id, title }) => `panel ${id} ${title ?? ''} has no title or no description`),
  'panel-units': (board) =>
    drawn(board)
      .filter(({ type }) => !['text', 'state-timeline'].includes(type))
      .filter(
        ({ fieldConfig }) =>
          !fieldConfig?.defaults.unit &&
          !fieldConfig?.overrides.some(({ properties }) => properties.some(({ id }) => id === 'unit')),
      )
      .map(({ title }) => `${title} has no unit`),
  'panel-no-targets': (board) =>
    drawn(board)
      .filter(({ type, targets = [] }) => type !== 'text' && targets.length === 0)
      .map(({ title }) => `${title} asks nothing`),
  'template-on-time-change-reload': ({ templating }) =>
    templating.list
      .filter(({ type, refresh, query }) => type === 'query' && refresh !== 2 && String(query).includes('$__time'))
      .map(({ name }) => `variable ${name} keeps the choices of another time`),
  'uneditable-dashboard': ({ editable }) =>
    editable === false ? [] : ['it can be edited, and a change would be lost'],

  'values lead on': (board) =>
    drawn(board)
      .filter(
        ({ title = '', fieldConfig }) =>
          !ends.test(title) &&
          fieldConfig?.overrides.some(({ properties }) => properties.some(({ id }) => id === 'links')) !== true,
      )
      .map(({ title }) => `${title} leads nowhere`),
  'unique ids': ({ panels }) =>
    panels
      .filter(({ id }, at) => panels.findIndex((one) => one.id === id) !== at)
      .map(({ id }) => `two panels have id ${id}`),
  'no raw events': (board) =>
    queriesOf(board)
      .filter(({ sql }) => /\b(?:FROM|JOIN) (?:events|sample_batches|rederived_batches)\b/.test(sql))
      .map(({ place }) => `${place} reads raw events`),
  'no comments': (board) =>
    queriesOf(board)
      .filter(({ sql }) => /--|\/\*/.test(sql))
      .map(({ place }) => `${place} has a comment, which Grafana’s versions treat differently`),
  'bounded rows': (board) =>
    queriesOf(board).flatMap(({ place, sql }) => {
      if (/^SELECT unnest\(coalesce\(/.test(sql) || small.test(sql)) return [];
      const most = Number([...sql.matchAll(new RegExp(bound, 'gm'))].at(-1)?.slice(1).find(Boolean) ?? Infinity);
      return most <= mostRows ? [] : [`${place} may give more than ${mostRows} rows`];
    }),
  'time filter on an index': (board, indexed) =>
    queriesOf(board).flatMap(({ place, sql }) =>
      [...sql.matchAll(/\$__timeFilter\((?:(\w+)\.)?(\w+)\)/g)].flatMap(([, alias = '', column = '']) => {
        const table = tableOf(sql, alias);
        // Of a part of the query, whose rows are few or were filtered before.
        if (table === undefined || !indexed.has(table)) return [];
        return indexed.get(table)?.has(column) ? [] : [`${place} filters ${table} by ${column}, which has no index`];
      }),
    ),
};

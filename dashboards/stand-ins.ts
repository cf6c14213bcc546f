import {
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableType,
  type Dashboard,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { sqlNames, tablesOf, unreadableTitle } from './access-panel.js';
import { dataSource, type PostgresTarget } from './postgres-query.js';
import { queryText, type Queries } from './queries.js';
import { noChoice } from './variables.js';

const told = `see “${unreadableTitle}”`;

/**
 * What is asked in place of a query where the login may not read one of the board's tables, or the database lacks it: PostgreSQL would
 * refuse, and Grafana shows every refusal as its error mark. Each ends before a text: the query, in dollar quotes, which nobody reads.
 */
const standIns = {
  /** For tables and figures. */
  unread: `SELECT '${told}' AS "can’t be read" WHERE '' <> `,
  /** For what is drawn over time: a line without points, whose name is in the legend. */
  unread_line: `SELECT now() AS "time", NULL::float8 AS "can’t be read: ${told}" WHERE '' <> `,
  /** For marks, and panels that can't show a text. */
  unread_nothing: `SELECT now() AS "time" WHERE '' = `,
  /** For the choices of variables, of which the provenance stands in every title. */
  unread_provenance: `SELECT 'can’t be read' AS "choice" WHERE '' <> `,
  unread_choice: `SELECT '${noChoice}' AS "choice" WHERE '' <> `,
} as const;
type StandIn = keyof typeof standIns;

/** Dollar quotes: a text may begin and end with them, whatever it is. Not in queries, where Grafana would look for a variable. */
export const queryInQuotes = '$query$';

/** What the variables are while everything can be read: nothing, but Grafana leaves empty choices out. */
const nothing = ' ';
export const readable = Object.fromEntries(Object.keys(standIns).map((name) => [name, nothing]));

const ofPanel: Readonly<Record<string, StandIn>> = {
  ...{ timeseries: 'unread_line', 'state-timeline': 'unread_line' },
  ...{ histogram: 'unread_nothing', trend: 'unread_nothing' },
};

function standInVariable(name: StandIn, queries: Queries, tables: string): VariableModel {
  const sql = queryText(queries, 'stand-in', { tables, standIn: standIns[name] });
  const model = new QueryVariableBuilder(name)
    .description('What panels show where the login may not read a table, or the database does not have it.')
    .datasource(dataSource)
    .query(sql)
    .definition(sql)
    .current({ text: nothing, value: nothing, selected: true })
    .refresh(VariableRefresh.OnDashboardLoad)
    .hide(VariableHide.HideVariable)
    .build();
  // It becomes part of queries: no link may set it.
  return { ...model, skipUrlSync: true };
}

/** Lets every query that reads tables be replaced by a text that helps, by hidden variables that ask PostgreSQL's catalogue first. */
export function withStandIns(board: Dashboard, queries: Queries): Dashboard {
  const asked: string[] = [];
  const used = new Set<StandIn>();
  const between = (name: StandIn, sql: string): string => {
    if (tablesOf([sql]).length === 0) return sql;
    asked.push(sql);
    used.add(name);
    return `\${${name}:raw}\n${sql}\n\${${name}:raw}`;
  };
  const changed = structuredClone(board);
  for (const panel of changed.panels ?? [])
    if ('targets' in panel)
      for (const [at, target] of ((panel.targets ?? []) as PostgresTarget[]).entries())
        // Once a panel is enough.
        target.rawSql = between(at > 0 ? 'unread_nothing' : (ofPanel[panel.type] ?? 'unread'), target.rawSql);
  for (const { target } of changed.annotations?.list ?? [])
    if (target !== undefined)
      Object.assign(target, { rawSql: between('unread_nothing', (target as unknown as PostgresTarget).rawSql) });
  const variables = changed.templating?.list ?? [];
  for (const variable of variables)
    if (variable.type === VariableType.Query) {
      variable.query = between(
        variable.name === 'provenance' ? 'unread_provenance' : 'unread_choice',
        variable.query as string,
      );
      variable.definition = variable.query;
    }
  const tables = sqlNames(tablesOf(asked));
  changed.templating = {
    list: [...[...used].sort().map((name) => standInVariable(name, queries, tables)), ...variables],
  };
  return changed;
}

import {
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableType,
  type Dashboard,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { needsOfBoard, unreadableTitle } from './access-panel.js';
import { needsOf, tablesOf } from './needs.js';
import { dataSource, type PostgresTarget } from './postgres-query.js';
import { queryText, type Queries } from './queries.js';
import { noChoice } from './variables.js';

const told = `see “${unreadableTitle}”`;

/**
 * What is asked in place of a query where the login may not read one of its tables, or the database lacks one or a column of it: PostgreSQL
 * would refuse, and Grafana shows every refusal as its error mark. Each ends before a text: the query, in dollar quotes, which nobody reads.
 */
const standIns = {
  /** For tables and figures. */
  unread: `SELECT '${told}' AS "can’t be read" WHERE '' <> `,
  /** For what is drawn over time: a line without points, whose name is in the legend. */
  unread_line: `SELECT now() AS "time", NULL::float8 AS "can’t be read: ${told}" WHERE '' <> `,
  /** For marks, and panels that can't show a text: those say it where they have nothing to draw. */
  unread_nothing: `SELECT now() AS "time" WHERE '' = `,
  /** For the choices of variables, of which the provenance stands in titles. */
  unread_provenance: `SELECT 'can’t be read' AS "choice" WHERE '' <> `,
  unread_choice: `SELECT '${noChoice}' AS "choice" WHERE '' <> `,
} as const;
type StandIn = keyof typeof standIns;

/** In dollar quotes, a text may be any text. In a variable's query, Grafana would take them for a variable: there PostgreSQL makes them. */
const tag = 'query';
export const queryInQuotes = `$${tag}$`;

/** What the variables are while everything can be read: nothing, but Grafana leaves empty choices out. */
const nothing = ' ';
/** The variables of boards while everything can be read. */
export const readable = (boards: readonly { templating: { list: readonly { name: string }[] } }[]) =>
  Object.fromEntries(
    boards
      .flatMap(({ templating }) => templating.list)
      .filter(({ name }) => name.startsWith('unread'))
      .map(({ name }) => [name, nothing]),
  );

const ofPanel: Readonly<Record<string, StandIn>> = {
  ...{ timeseries: 'unread_line', 'state-timeline': 'unread_line' },
  ...{ histogram: 'unread_nothing', trend: 'unread_nothing' },
};

function hiddenVariable(name: string, description: string, sql: string): VariableModel {
  const model = new QueryVariableBuilder(name)
    .description(description)
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

/** A query, and those that its variables are chosen by: where one of those can't be read, it would find nothing. */
function withChoices(sql: string, choices: ReadonlyMap<string, string>, asked = new Set<string>()): Set<string> {
  if (asked.has(sql)) return asked;
  asked.add(sql);
  for (const [, name = ''] of sql.matchAll(/\$\{(\w+)/g)) {
    const choice = choices.get(name);
    if (choice !== undefined) withChoices(choice, choices, asked);
  }
  return asked;
}

/**
 * Lets every query that reads tables be replaced by a text that helps. One hidden variable asks PostgreSQL's catalogue what can't be read,
 * a table that lacks a column among it; the others are one for each text and set of tables, and stand around the queries of those.
 */
export function withStandIns(board: Dashboard, queries: Queries): Dashboard {
  const changed = structuredClone(board);
  const variables = changed.templating?.list ?? [];
  const chosen = variables.filter(({ type }) => type === VariableType.Query);
  const choices = new Map(chosen.map(({ name, query }) => [name, query as string]));
  const asked = new Set<string>();
  const standing = new Map<string, VariableModel>();
  const between = (kind: StandIn, sql: string): string => {
    if (tablesOf([sql]).length === 0) return sql;
    const texts = withChoices(sql, choices);
    for (const text of texts) asked.add(text);
    const needed = Object.keys(needsOf(texts)).map((name) => `'${name}'`);
    const query = queryText(queries, 'stand-in', { needed: needed.join(', '), standIn: standIns[kind], tag });
    const name = `${kind}_${standing.size + 1}`;
    const variable = standing.get(query) ?? hiddenVariable(name, 'What is asked in place of a query.', query);
    standing.set(query, variable);
    return `\${${variable.name}:raw}\n${sql}\n\${${variable.name}:raw}`;
  };
  for (const panel of changed.panels ?? [])
    if ('targets' in panel) {
      const kind = ofPanel[panel.type] ?? 'unread';
      const said = panel.fieldConfig?.defaults;
      if (said !== undefined && kind === 'unread_nothing') said.noValue = `${said.noValue ?? ''}; or ${told}`;
      for (const [at, target] of ((panel.targets ?? []) as PostgresTarget[]).entries())
        // Once a panel is enough.
        target.rawSql = between(at > 0 ? 'unread_nothing' : kind, target.rawSql);
    }
  for (const { target } of changed.annotations?.list ?? [])
    if (target !== undefined)
      Object.assign(target, { rawSql: between('unread_nothing', (target as unknown as PostgresTarget).rawSql) });
  for (const variable of chosen) {
    const kind = variable.name === 'provenance' ? 'unread_provenance' : 'unread_choice';
    variable.query = between(kind, choices.get(variable.name) ?? '');
    variable.definition = variable.query;
  }
  const needs = JSON.stringify(needsOf(asked));
  for (const panel of changed.panels ?? [])
    if ('targets' in panel)
      for (const target of (panel.targets ?? []) as PostgresTarget[])
        target.rawSql = target.rawSql.replace(needsOfBoard, () => needs);
  const catalogue = queryText(queries, 'unreadable-names', { needs });
  changed.templating = {
    list: [
      hiddenVariable('unreadable', 'What the login may not read, or the database does not have.', catalogue),
      ...standing.values(),
      ...variables,
    ],
  };
  return changed;
}

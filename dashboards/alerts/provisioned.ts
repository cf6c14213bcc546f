import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { provisionedSource } from '../postgres-query.js';
import { queryText, type Queries } from '../queries.js';
import { alertRules, type AlertRule } from './rules.js';

const folder = 'xperf-fleet';
/** Where the contact point sends; set in Grafana's environment. */
const webhook = '$XF_ALERT_WEBHOOK';

const uidOf = (name: string): string => `xf-${name.replaceAll(/(?!^)[A-Z]/g, '-$&').toLowerCase()}`;

function panelOf({ name, panel }: AlertRule, boards: readonly Dashboard[]): number {
  const board = boards.find(({ uid }) => uid === panel.board);
  const found = board?.panels?.find(({ title }) => title?.startsWith(panel.title));
  if (found?.id === undefined) throw new Error(`${name}: there is no panel ${panel.title} on ${panel.board}`);
  return found.id;
}

/** A rule as Grafana's file provisioning reads it: the query, its last value, the limit. No `$` in annotations: Grafana would look in its environment. */
function provisioned(rule: AlertRule, queries: Queries, boards: readonly Dashboard[]) {
  const of = { type: '__expr__', uid: '__expr__' };
  const relativeTimeRange = { from: 86_400, to: 0 };
  return {
    uid: uidOf(rule.name),
    title: rule.name,
    condition: 'C',
    for: rule.for,
    // No row is nothing to complain about: each query says what must be there.
    noDataState: 'OK',
    execErrState: 'Error',
    labels: { service: 'xperf-fleet', severity: rule.severity },
    annotations: {
      summary: rule.summary,
      description: rule.runbook,
      __dashboardUid__: rule.panel.board,
      __panelId__: String(panelOf(rule, boards)),
    },
    dashboardUid: rule.panel.board,
    panelId: panelOf(rule, boards),
    data: [
      {
        refId: 'A',
        relativeTimeRange,
        datasourceUid: provisionedSource.uid,
        model: {
          ...{ refId: 'A', datasource: provisionedSource, editorMode: 'code', rawQuery: true, format: 'time_series' },
          rawSql: queryText(queries, rule.query, rule.parameters),
        },
      },
      {
        refId: 'B',
        relativeTimeRange,
        datasourceUid: '__expr__',
        model: { refId: 'B', datasource: of, type: 'reduce', expression: 'A', reducer: 'last' },
      },
      {
        refId: 'C',
        relativeTimeRange,
        datasourceUid: '__expr__',
        model: {
          ...{ refId: 'C', datasource: of, type: 'threshold', expression: 'B' },
          conditions: [{ evaluator: { type: 'gt', params: [rule.above] } }],
        },
      },
    ],
  };
}

const textOf = (file: object): string => `${JSON.stringify(file, null, 2)}\n`;

/** Files of Grafana's folder `provisioning/alerting`: the rules, and whom they tell. */
export function alertFiles(queries: Queries, boards: readonly Dashboard[]): Map<string, string> {
  const rules = {
    apiVersion: 1,
    groups: [
      {
        ...{ orgId: 1, name: 'xperf-fleet', folder, interval: '1m' },
        rules: alertRules.map((rule) => provisioned(rule, queries, boards)),
      },
    ],
  };
  const told = {
    apiVersion: 1,
    contactPoints: [
      {
        ...{ orgId: 1, name: 'xperf-fleet' },
        receivers: [{ uid: 'xf-webhook', type: 'webhook', settings: { url: webhook, httpMethod: 'POST' } }],
      },
    ],
    policies: [
      {
        ...{ orgId: 1, receiver: 'xperf-fleet', group_by: ['alertname', 'provenance'] },
        routes: [
          {
            ...{ receiver: 'xperf-fleet', object_matchers: [['severity', '=', 'page']] },
            ...{ group_wait: '30s', group_interval: '5m', repeat_interval: '4h' },
          },
          {
            ...{ receiver: 'xperf-fleet', object_matchers: [['severity', '=', 'notice']] },
            ...{ group_wait: '5m', group_interval: '1h', repeat_interval: '1d' },
          },
        ],
      },
    ],
  };
  return new Map([
    ['xperf-fleet-rules.json', textOf(rules)],
    ['xperf-fleet-notifications.json', textOf(told)],
  ]);
}

import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { provisionedFiles } from '../boards.js';
import { provisionedSource } from '../postgres-query.js';
import { readQueries } from '../queries.js';
import { alertRules } from './rules.js';

const files = provisionedFiles(
  readQueries(new URL('../queries/', import.meta.url)),
  readQueries(new URL('.', import.meta.url)),
);
const fileOf = (name: string): unknown => JSON.parse(files.get(`alerting/${name}`) ?? 'null');

const uid = z.string().regex(/^[a-zA-Z0-9_-]{1,40}$/);
const duration = z.string().regex(/^\d+(s|m|h|d)$/);
/** Grafana fills in its environment everywhere but in a query's model: what begins with a dollar elsewhere would vanish. */
const plain = z
  .string()
  .min(1)
  .regex(/^[^$]*$/);
const refId = z.enum(['A', 'B', 'C']);
const expression = z.strictObject({ type: z.literal('__expr__'), uid: z.literal('__expr__') });
const query = z.strictObject({
  refId,
  relativeTimeRange: z.strictObject({ from: z.int().positive(), to: z.literal(0) }),
  datasourceUid: z.enum([provisionedSource.uid, '__expr__']),
  model: z.discriminatedUnion('refId', [
    z.strictObject({
      refId: z.literal('A'),
      datasource: z.strictObject({ type: z.literal(provisionedSource.type), uid: z.literal(provisionedSource.uid) }),
      ...{ editorMode: z.literal('code'), rawQuery: z.literal(true), format: z.literal('time_series') },
      rawSql: z.string().startsWith('SELECT').or(z.string().startsWith('WITH')),
    }),
    z.strictObject({
      ...{ refId: z.literal('B'), datasource: expression, type: z.literal('reduce') },
      ...{ expression: z.literal('A'), reducer: z.literal('last') },
    }),
    z.strictObject({
      ...{ refId: z.literal('C'), datasource: expression, type: z.literal('threshold'), expression: z.literal('B') },
      conditions: z.tuple([
        z.strictObject({ evaluator: z.strictObject({ type: z.literal('gt'), params: z.tuple([z.number()]) }) }),
      ]),
    }),
  ]),
});
/** As facts of Grafana's file provisioning have it, for the API version that 12 and 13 read. */
const rulesFile = z.strictObject({
  apiVersion: z.literal(1),
  groups: z.tuple([
    z.strictObject({
      ...{ orgId: z.literal(1), name: plain, folder: plain, interval: duration },
      rules: z.array(
        z.strictObject({
          ...{ uid, title: plain, condition: z.literal('C'), for: duration },
          noDataState: z.enum(['OK', 'NoData', 'Alerting']),
          execErrState: z.enum(['Error', 'Alerting', 'OK']),
          labels: z.strictObject({ service: plain, severity: z.enum(['page', 'notice']) }),
          annotations: z.record(z.string(), plain),
          ...{ dashboardUid: uid, panelId: z.int().positive() },
          data: z.tuple([query, query, query]),
        }),
      ),
    }),
  ]),
});

const timing = { group_wait: duration, group_interval: duration, repeat_interval: duration };
const matcher = z.tuple([z.literal('severity'), z.literal('='), z.enum(['page', 'notice'])]);
const notificationsFile = z.strictObject({
  apiVersion: z.literal(1),
  contactPoints: z.array(
    z.strictObject({
      ...{ orgId: z.literal(1), name: plain },
      receivers: z.array(
        z.strictObject({
          ...{ uid, type: z.literal('webhook') },
          settings: z.strictObject({ url: z.string().min(1), httpMethod: z.literal('POST') }),
        }),
      ),
    }),
  ),
  policies: z.array(
    z.strictObject({
      ...{ orgId: z.literal(1), receiver: plain, group_by: z.array(plain) },
      routes: z.array(z.strictObject({ receiver: plain, object_matchers: z.array(matcher), ...timing })),
    }),
  ),
});

describe('the provisioned alerts', () => {
  it('are what the code builds, and nothing else is there (else: npm run dashboards:build)', () => {
    const folder = new URL('../provisioning/alerting/', import.meta.url);
    const onDisk = readdirSync(folder).map((name) => [`alerting/${name}`, readFileSync(new URL(name, folder), 'utf8')]);
    expect(new Map(onDisk as [string, string][])).toEqual(
      new Map([...files].filter(([name]) => name.startsWith('alerting/'))),
    );
  });

  it('have the shape that Grafana reads from files, and a uid each', () => {
    const { groups } = rulesFile.parse(fileOf('xperf-fleet-rules.json'));
    const [{ rules }] = groups;
    expect(rules.map(({ title }) => title)).toEqual(alertRules.map(({ name }) => name));
    expect(new Set(rules.map((rule) => rule.uid)).size).toBe(rules.length);
  });

  it('link to a panel that is there', () => {
    const [{ rules }] = rulesFile.parse(fileOf('xperf-fleet-rules.json')).groups;
    for (const { dashboardUid, panelId, title } of rules) {
      const board = JSON.parse(files.get(`boards/${dashboardUid}.json`) ?? '{}') as {
        panels?: { id: number; title: string }[];
      };
      const wanted = alertRules.find(({ name }) => name === title)?.panel.title;
      expect(board.panels?.find(({ id }) => id === panelId)?.title).toMatch(new RegExp(`^${wanted}`));
    }
  });

  it('send every severity to the contact point, whose address comes from the environment', () => {
    const told = notificationsFile.parse(fileOf('xperf-fleet-notifications.json'));
    expect(told.contactPoints[0]?.receivers[0]?.settings.url).toBe('$XF_ALERT_WEBHOOK');
    const severities = told.policies[0]?.routes.map(({ object_matchers }) => object_matchers[0]);
    expect(severities).toEqual([
      ['severity', '=', 'page'],
      ['severity', '=', 'notice'],
    ]);
    const names = told.contactPoints.map(({ name }) => name);
    for (const { receiver, routes } of told.policies)
      for (const name of [receiver, ...routes.map((route) => route.receiver)]) expect(names).toContain(name);
  });
});

import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';

export const boardUids = {
  trends: 'xperf-fleet',
  compare: 'xperf-fleet-compare',
  host: 'xperf-fleet-host',
  run: 'xperf-fleet-run',
  effects: 'xperf-fleet-effects',
  virtualization: 'xperf-fleet-virtualization',
  regressions: 'xperf-fleet-regressions',
  operations: 'xperf-fleet-operations',
} as const;

/** Range, and the choices that the boards share. */
const kept = '${__url_time_range}&${provenance:queryparam}';
const keptMeasure = `${kept}&\${probe:queryparam}&\${metric:queryparam}`;

export interface Link {
  title: string;
  url: string;
}

/** The cell's own value as a variable of another board, the range and the other choices kept. */
const toBoard =
  (title: string, uid: string, variable: string, what: string) =>
  (column?: string): Link => ({
    title,
    url: `/d/${uid}?${what}&var-${variable}=\${__${column === undefined ? 'value.raw' : `data.fields["${column}"]`}:percentencode}`,
  });
/** The same of a line, by its name. */
const lineToBoard = (title: string, uid: string, variable: string, what: string): Link => ({
  title,
  url: `/d/${uid}?${what}&var-${variable}=\${__field.displayName:percentencode}`,
});

export const toHost = toBoard('This host', boardUids.host, 'host', keptMeasure);
/** From a row that names what was measured. */
const measureOfRow = `${kept}&var-probe=\${__data.fields["probe"]:percentencode}&var-metric=\${__data.fields["metric"]:percentencode}`;
export const toHostOfRow = toBoard('This host', boardUids.host, 'host', measureOfRow);
/** From a board that shows no probe or all of them. */
export const toHostAnyMeasure = toBoard('This host', boardUids.host, 'host', kept);
/** From the name of a generation, which is no cell yet: a host of the row among all of its kind. */
export const toItsHosts = toBoard('Hosts of its kind', boardUids.host, 'host', keptMeasure);
export const toItsHostsOfRow = toBoard('Hosts of its kind', boardUids.host, 'host', measureOfRow);
export const toItsHostsAnyMeasure = toBoard('Hosts of its kind', boardUids.host, 'host', kept);
export const toRun = toBoard('This run', boardUids.run, 'run', kept);
export const toSideB = toBoard('Compare with this as b', boardUids.compare, 'b', keptMeasure);
export const lineToSideB = lineToBoard('Compare with this as b', boardUids.compare, 'b', keptMeasure);
/** A cell among the others over time. */
export const toTrends = toBoard('This over time', boardUids.trends, 'group', keptMeasure);
/** Points open their run by the column beside them. */
export const pointToRun = toRun('run');
export const toRegressions: Link = { title: 'Regressions', url: `/d/${boardUids.regressions}?${kept}` };
export const toConsoleRun: Link = {
  title: 'In the console: samples, raw lines, events',
  url: '${console}/#/runs/${__value.raw:percentencode}',
};
export const pointToConsoleRun: Link = {
  title: 'In the console: samples, raw lines, events',
  url: '${console}/#/runs/${__data.fields["run"]:percentencode}',
};
export const toConsoleFinding: Link = {
  title: 'In the console: its days, fresh runs, answers',
  url: '${console}/#/regressions/${__data.fields["id"]:percentencode}',
};
export const toConsoleHost: Link = {
  title: 'In the console',
  url: '${console}/#/hosts/${__value.raw:percentencode}',
};
/** The coordinator's comparison of what two columns of the row, or one and a moment, select: with an interval, or refused with the reason. */
const judged = (column: string, other: string): Link => ({
  title: 'Judge it in the console, with an interval',
  url: `\${console}/#/compare?a=\${__data.fields["${column}"]:percentencode}&${other}&probe=\${probe}&metric=\${metric}`,
});
export const judgedSince = (column: string, moment: string): Link => judged(column, `before=${moment}`);
export const judgedAgainst = (column: string, other: string): Link =>
  judged(column, `b=\${__data.fields["${other}"]:percentencode}`);

/** A column whose cells link on. */
export function linked(...links: readonly Link[]): DynamicConfigValue[] {
  return [{ id: 'links', value: links.map((link) => ({ ...link, targetBlank: link.url.startsWith('${console}') })) }];
}

import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { kept } from './kept-choices.js';

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

export interface Link {
  title: string;
  url: string;
}

/** The cell's own value as a variable of another board, the range and the other choices kept. */
const toBoard =
  (title: string, uid: string, variable: string, what: string = kept) =>
  (column?: string): Link => ({
    title,
    url: `/d/${uid}?${what}&var-${variable}=\${__${column === undefined ? 'value.raw' : `data.fields["${column}"]`}:percentencode}`,
  });
/** The same of a line, by its name. */
const lineToBoard = (title: string, uid: string, variable: string): Link => ({
  title,
  url: `/d/${uid}?${kept}&var-${variable}=\${__field.displayName:percentencode}`,
});

export const toHost = toBoard('This host', boardUids.host, 'host');
/** From a row that names what was measured. */
const measureOfRow = `${kept}&var-probe=\${__data.fields["probe"]:percentencode}&var-metric=\${__data.fields["metric"]:percentencode}`;
export const toHostOfRow = toBoard('This host', boardUids.host, 'host', measureOfRow);
/** From the name of a generation, which is no cell yet: a host of the row among all of its kind. */
export const toItsHosts = toBoard('Hosts of its kind', boardUids.host, 'host');
export const toItsHostsOfRow = toBoard('Hosts of its kind', boardUids.host, 'host', measureOfRow);
export const toRun = toBoard('This run', boardUids.run, 'run');
export const toSideB = toBoard('Compare with this as b', boardUids.compare, 'b');
export const lineToSideB = lineToBoard('Compare with this as b', boardUids.compare, 'b');
/** A cell among the others over time. */
export const toTrends = toBoard('This over time', boardUids.trends, 'group');
/** Points open their run by the column beside them. */
export const pointToRun = toRun('run');
const toWholeBoard = (title: string, uid: string): Link => ({ title, url: `/d/${uid}?${kept}` });
export const toRegressions = toWholeBoard('Regressions', boardUids.regressions);
export const toHome = toWholeBoard('Trends', boardUids.trends);
export const toEffects = toWholeBoard('What kernels and mitigations cost', boardUids.effects);
export const toHosts = toWholeBoard('Hosts and queues', boardUids.operations);
export const toLatestRuns = toWholeBoard('Latest runs', boardUids.run);
/** From a row of the host’s own board. */
export const toThisMeasure: Link = { title: 'This metric of the host', url: `/d/${boardUids.host}?${measureOfRow}` };
/** Both sides of a comparison among the others over time. */
export const sidesOverTime: Link = {
  title: 'Both over time',
  url: `/d/${boardUids.trends}?${kept}&var-group=\${a:percentencode}&var-group=\${b:percentencode}`,
};
export const toTrendsOfKernel = toBoard('This kernel over time', boardUids.trends, 'kernel');
export const toConsoleRun: Link = {
  title: 'In the console: samples, raw lines, events',
  url: '${console}/#/runs/${__value.raw:percentencode}',
};
export const pointToConsoleRun: Link = {
  title: 'In the console: samples, raw lines, events',
  url: '${console}/#/runs/${__data.fields["run"]:percentencode}',
};
/** The run that the board shows. */
export const toConsoleRunHere: Link = {
  title: 'In the console: samples, raw lines, events',
  url: '${console}/#/runs/${run:percentencode}',
};
/** The host that the board shows. */
export const toConsoleHostHere: Link = { title: 'In the console', url: '${console}/#/hosts/${host:percentencode}' };
export const toConsoleJobs: Link = { title: 'Jobs in the console', url: '${console}/#/jobs' };
/** Hosts that share what a row says of one, by the name that selectors have for it. */
export const toConsoleHostsWith = (name: string, value: string): Link => ({
  title: 'Hosts with this, in the console',
  url: `\${console}/#/hosts?selector=\${__data.fields["${name}"]:percentencode}%3D\${__data.fields["${value}"]:percentencode}`,
});
export const toConsoleHostsIn = (state: string): Link => ({
  title: 'These hosts in the console',
  url: `\${console}/#/hosts?state=${state}`,
});
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

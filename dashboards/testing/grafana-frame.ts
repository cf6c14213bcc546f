// How Grafana reads a query's result, for tests: which series a panel shows.
import type { Format } from '../postgres-query.js';

export interface ResultColumn {
  name: string;
  kind: 'time' | 'number' | 'text' | 'other';
}
export type ResultRow = readonly unknown[];

/**
 * Display names of the series of a `time_series` result, in order of appearance: text columns become labels; with
 * exactly three columns one called `metric` names the series; a lone label stands after the column's name. A `table` has
 * its number columns. No rows make a frame without fields.
 * @throws Error when Grafana would refuse the frame or draw it wrongly
 */
export function seriesOf(format: Format, columns: readonly ResultColumn[], rows: readonly ResultRow[]): string[] {
  if (rows.length === 0) return [];
  if (format === 'table') return columns.filter(({ kind }) => kind === 'number').map(({ name }) => name);
  const timeAt = columns.findIndex(({ name, kind }) => name === 'time' && (kind === 'time' || kind === 'number'));
  if (timeAt < 0) throw new Error('a time series needs a column named exactly time');
  if (columns.some(({ kind }) => kind === 'other')) throw new Error('a column is neither a time, a number nor text');
  rows.reduce((before, row) => {
    const now = Number(row[timeAt]);
    if (!(now >= before)) throw new Error('time must ascend');
    return now;
  }, -Infinity);
  return [...new Set(rows.flatMap((row) => namesOf(columns, row, timeAt)))];
}

function namesOf(columns: readonly ResultColumn[], row: ResultRow, timeAt: number): string[] {
  const labels = columns.flatMap(({ name, kind }, at) => (kind === 'text' ? [{ name, value: String(row[at]) }] : []));
  const values = columns.filter(({ kind }, at) => at !== timeAt && kind === 'number').map(({ name }) => name);
  const [first] = labels;
  if (first === undefined) return values;
  if (columns.length === 3 && first.name === 'metric') return [first.value];
  if (labels.length === 1) return values.map((name) => `${name} ${first.value}`);
  const all = labels.map(({ name, value }) => `${name}="${value}"`).join(', ');
  return values.map((name) => `${name} {${all}}`);
}

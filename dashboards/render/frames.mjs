// Frames as Grafana's PostgreSQL data source makes them of a query's columns and rows, in plain objects for @grafana/data.

/**
 * @typedef {{ name: string, kind: 'time' | 'number' | 'text' | 'other' }} Column
 * @typedef {{ refId: string, format: 'time_series' | 'table', columns: Column[], rows: (string | number | boolean | null)[][] }} Target
 * @typedef {{ name: string, type: string, values: unknown[], config: { unit?: string, custom?: Record<string, unknown> } }} Field
 * @typedef {{ refId: string, fields: Field[], length: number }} Frame
 */

/** The package's names of types. */
const types = { time: 'time', number: 'number', text: 'string', other: 'other' };

/** @type {(column: Column, value: string | number | boolean | null | undefined) => unknown} */
function valueOf({ kind }, value) {
  if (value === null || kind === 'text' || kind === 'other') return value;
  return kind === 'time' ? Date.parse(String(value)) : Number(value);
}

/**
 * Of a time series column `time` is a time, as a date or in seconds, and each text in column `metric` becomes a field of that name.
 *
 * @param {Target} target
 * @returns {Frame[]}
 */
export function framesOf({ refId, format, columns, rows }) {
  if (rows.length === 0) return [{ refId, fields: [], length: 0 }];
  const timeAt = format === 'time_series' ? columns.findIndex(({ name }) => name === 'time') : -1;
  const timeOf = (/** @type {Target['rows'][number]} */ row) => {
    const time = row[timeAt];
    return columns[timeAt]?.kind === 'time' ? Date.parse(String(time)) : Number(time) * 1000;
  };
  const metricAt = columns.findIndex(({ name }) => name === 'metric');
  if (format === 'table' || metricAt < 0)
    return [
      frame(
        refId,
        columns.map((column, at) =>
          at === timeAt
            ? field(column.name, types.time, rows.map(timeOf))
            : field(
                column.name,
                types[column.kind],
                rows.map((row) => valueOf(column, row[at])),
              ),
        ),
      ),
    ];
  const valueAt = columns.findIndex(({ kind }, at) => kind === 'number' && at !== timeAt);
  const times = [...new Set(rows.map(timeOf))];
  const names = [...new Set(rows.map((row) => String(row[metricAt])))];
  const values = names.map((name) => {
    const own = new Map(rows.filter((row) => row[metricAt] === name).map((row) => [timeOf(row), Number(row[valueAt])]));
    return field(
      name,
      types.number,
      times.map((time) => own.get(time) ?? null),
    );
  });
  return [frame(refId, [field('time', types.time, times), ...values])];
}

const field = (/** @type {string} */ name, /** @type {string} */ type, /** @type {unknown[]} */ values) => ({
  name,
  type,
  values,
  config: {},
});
const frame = (/** @type {string} */ refId, /** @type {Field[]} */ fields) => ({
  refId,
  fields,
  length: fields[0]?.values.length ?? 0,
});

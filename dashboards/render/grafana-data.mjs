// Runs Grafana's own @grafana/data over panels and the frames of their queries: field config, overrides, display names, value formats.
// A process of its own, because that code wants a browser's globals. Standard input: JSON of PanelInput[]; standard output: PanelSeen[].
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import process from 'node:process';

/**
 * @typedef {{ name: string, kind: 'time' | 'number' | 'text' | 'other' }} Column
 * @typedef {{ refId: string, format: 'time_series' | 'table', columns: Column[], rows: (string | number | boolean | null)[][] }} Target
 * @typedef {{ panel: { title: string, type: string, fieldConfig: object }, targets: Target[] }} PanelInput
 * @typedef {{ name: string, type: string, values: unknown[], config: { unit?: string, custom?: Record<string, unknown> }, display?: Display }} Field
 * @typedef {{ refId: string, fields: Field[], length: number }} Frame
 * @typedef {(value: unknown) => { text: string, prefix?: string, suffix?: string, color?: string }} Display
 * @typedef {object} GrafanaData what is used of the package, which is not part of the install that types come from
 * @property {Record<'time' | 'number' | 'string' | 'other', string>} FieldType
 * @property {new (options: () => object[]) => object} FieldConfigOptionsRegistry
 * @property {(options: object) => object} createTheme
 * @property {(options: object) => Frame[]} applyFieldOverrides
 * @property {(options: { frame: Frame }) => Frame} applyNullInsertThreshold
 * @property {(options: object) => Display} getDisplayProcessor
 * @property {(field: Field, frame: Frame, all: Frame[]) => string} getFieldDisplayName
 */

const cache = process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache');
const modules = createRequire(path.join(cache, 'xperf-fleet/grafana/package.json'));
globalThis.navigator ??= /** @type {any} */ ({ language: 'en-GB', languages: ['en-GB'] });
const grafana = /** @type {GrafanaData} */ (modules('@grafana/data'));
globalThis.window ??= /** @type {any} */ ({});

const { FieldType } = grafana;
const types = { time: FieldType.time, number: FieldType.number, text: FieldType.string, other: FieldType.other };
/** @type {(column: Column, value: string | number | boolean | null | undefined) => unknown} */
function valueOf({ kind }, value) {
  if (value === null || kind === 'text' || kind === 'other') return value;
  return kind === 'time' ? Date.parse(String(value)) : Number(value);
}

/** Frames as the data source's plugin makes them: of a time series each text in column `metric` becomes a field of that name. */
function framesOf(/** @type {Target} */ { refId, format, columns, rows }) {
  if (rows.length === 0) return [{ refId, fields: [], length: 0 }];
  const metricAt = columns.findIndex(({ name }) => name === 'metric');
  if (format === 'table' || metricAt < 0)
    return [
      frame(
        refId,
        columns.map((column, at) =>
          field(
            column.name,
            types[column.kind],
            rows.map((row) => valueOf(column, row[at])),
          ),
        ),
      ),
    ];
  const timeAt = columns.findIndex(({ name }) => name === 'time');
  const valueAt = columns.findIndex(({ kind }, at) => kind === 'number' && at !== timeAt);
  const times = [...new Set(rows.map((row) => Date.parse(String(row[timeAt]))))];
  const names = [...new Set(rows.map((row) => String(row[metricAt])))];
  const values = names.map((name) => {
    const own = new Map(
      rows
        .filter((row) => row[metricAt] === name)
        .map((row) => [Date.parse(String(row[timeAt])), Number(row[valueAt])]),
    );
    return field(
      name,
      FieldType.number,
      times.map((time) => own.get(time) ?? null),
    );
  });
  return [frame(refId, [field('time', FieldType.time, times), ...values])];
}
const field = (/** @type {string} */ name, /** @type {string} */ type, /** @type {unknown[]} */ values) => ({
  name,
  type,
  values,
  config: {},
});
const frame = (/** @type {string} */ refId, /** @type {{ values: unknown[] }[]} */ fields) => ({
  refId,
  fields,
  length: fields[0]?.values.length ?? 0,
});

/** Stand-in of ours: Grafana's registry of options comes with its application, not with the package. Values are taken as they are. */
const option = (/** @type {string} */ id) => {
  const at = id.replace(/^custom\./, '');
  return {
    id,
    path: at,
    isCustom: id !== at,
    name: id,
    process: (/** @type {unknown} */ value) => value,
    shouldApply: () => true,
  };
};
const options = [
  ...['unit', 'decimals', 'noValue', 'min', 'max', 'color', 'displayName', 'mappings', 'thresholds', 'links'],
];
const custom = [...['lineWidth', 'fillBelowTo', 'fillOpacity', 'lineStyle', 'spanNulls', 'insertNulls', 'drawStyle']];
const registry = new grafana.FieldConfigOptionsRegistry(() =>
  [...options, ...custom.map((name) => `custom.${name}`)].map(option),
);

const theme = grafana.createTheme({ colors: { mode: 'light' } });

function seenOf(/** @type {PanelInput} */ { panel, targets }) {
  const data = grafana.applyFieldOverrides({
    ...{
      data: targets.flatMap(framesOf),
      fieldConfig: panel.fieldConfig,
      fieldConfigRegistry: registry,
      theme,
      timeZone: 'utc',
    },
    replaceVariables: (/** @type {string} */ text) => text,
  });
  return data.flatMap((drawn) => {
    const parted = drawn.fields.some(({ config }) => config.custom?.['insertNulls']);
    const gapped = parted ? grafana.applyNullInsertThreshold({ frame: drawn }) : drawn;
    return drawn.fields.map((shown, at) => {
      const display = shown.display ?? grafana.getDisplayProcessor({ field: shown, theme, timeZone: 'utc' });
      const text = (/** @type {unknown} */ value) => {
        const { prefix = '', text: middle, suffix = '' } = display(value);
        return prefix + middle + suffix;
      };
      const values = [...(gapped.fields[at]?.values ?? [])];
      return {
        field: grafana.getFieldDisplayName(shown, drawn, data),
        ...{
          type: shown.type,
          first: text(values[0]),
          last: text(values.at(-1)),
          color: display(values[0]).color ?? null,
        },
        ...{
          unit: shown.config.unit ?? null,
          nulls: values.filter((value) => value === null).length,
          custom: shown.config.custom ?? {},
        },
      };
    });
  });
}

const panels = /** @type {PanelInput[]} */ (await json(process.stdin));
process.stdout.write(JSON.stringify(panels.map((input) => ({ title: input.panel.title, fields: seenOf(input) }))));

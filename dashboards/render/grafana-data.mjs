// Runs Grafana's own @grafana/data over panels and the frames of their queries: field config, overrides, display names, value formats.
// A process of its own, because that code wants a browser's globals. Standard input: JSON of PanelInput[]; standard output: PanelSeen[].
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import process from 'node:process';
import { fieldOptions } from './field-options.mjs';
import { framesOf } from './frames.mjs';

/**
 * @typedef {import('./frames.mjs').Target} Target
 * @typedef {{ panel: { title: string, type: string, fieldConfig: object }, targets: Target[] }} PanelInput
 * @typedef {{ name: string, type: string, values: unknown[], config: { unit?: string, custom?: Record<string, unknown>, links?: { url: string }[] }, display?: Display }} Field
 * @typedef {{ refId: string, fields: Field[], length: number }} Frame
 * @typedef {(value: unknown) => { text: string, prefix?: string, suffix?: string, color?: string }} Display
 * @typedef {object} GrafanaData what is used of the package, which is not part of the install that types come from
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

const registry = new grafana.FieldConfigOptionsRegistry(fieldOptions);

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
          links: (shown.config.links ?? []).map(({ url }) => url),
        },
      };
    });
  });
}

const panels = /** @type {PanelInput[]} */ (await json(process.stdin));
process.stdout.write(JSON.stringify(panels.map((input) => ({ title: input.panel.title, fields: seenOf(input) }))));

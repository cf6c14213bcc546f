import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TablePanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { fixedColour, unitOverride, units, type PanelText } from './fields.js';
import { generationWords } from './generation-colours.js';
import { dataSource, postgresQuery } from './postgres-query.js';

/**
 * A table; `columnUnits` names the unit of columns that differ from the panel's. Units are for numbers: as a field's default, Grafana
 * applies them to text too, and shows the microcode 0x4a as 74.
 */
export function table(
  { title, description, unit, noValue }: PanelText,
  rawSql: string,
  columnUnits: Readonly<Record<string, string>> = {},
): TablePanelBuilder {
  const panel = new TablePanelBuilder()
    .title(title)
    .description(description)
    .noValue(noValue)
    .datasource(dataSource)
    .minWidth(needed[unit] ?? narrowest)
    .overrideByRegexp('/.*/', [{ id: 'custom.wrapHeaderText', value: true }])
    .withTarget(postgresQuery('A', 'table', rawSql))
    .overrideByFieldType('number', unitOverride(unit));
  for (const [column, columnUnit] of Object.entries(columnUnits))
    panel.overrideByName(column, [...unitOverride(columnUnit), ...atLeast(needed[columnUnit] ?? narrowest)]);
  return panel;
}

/** Pixels of a column that has no other width. */
const narrowest = 80;
/** What figures of a unit need in a narrow window, where columns share what there is. */
const needed: Readonly<Record<string, number>> = {
  [units.cycles]: 90,
  'time:YYYY-MM-DD': 95,
  dateTimeAsIso: 160,
  dateTimeFromNow: 145,
};

/** Never narrower, and wider where there is place. */
export function atLeast(pixels: number): DynamicConfigValue[] {
  return pixels > narrowest ? [{ id: 'custom.minWidth', value: pixels }] : [];
}

/** As wide as the word for how far a run came. */
export const stateWide = width(100);

/** As wide as what it holds. */
export function width(pixels: number): DynamicConfigValue[] {
  return [{ id: 'custom.width', value: pixels }];
}

/** As wide as a moment, to the second. */
export const timeWide = width(165);

/** As wide as the id of a run or a finding, whole. */
export const idWide = width(340);

/** Over several lines, where it is longer than its column is wide. */
export const wrapped: DynamicConfigValue[] = [
  { id: 'custom.wrapText', value: true },
  // Grafana 12 reads it here.
  { id: 'custom.cellOptions', value: { type: 'auto', wrapText: true } },
];

/** Only for links of its row; the second is how Grafana 12 reads it. */
export const hiddenColumn: DynamicConfigValue[] = [
  { id: 'custom.hideFrom', value: { viz: true, legend: false, tooltip: false } },
  { id: 'custom.hidden', value: true },
];

/** Colours of verdicts; inconclusive has none. */
export const verdictColours = { slower: 'red', faster: 'green', equal: 'blue', inconclusive: 'text' };

/** Words in their colours; the cell's text is coloured, not the cell. */
export function mapped(colours: Readonly<Record<string, string>>): DynamicConfigValue[] {
  const options = Object.entries(colours).map(([text, color], index) => [text, { text, color, index }]);
  return [
    { id: 'mappings', value: [{ type: 'value', options: Object.fromEntries(options) as object }] },
    { id: 'custom.cellOptions', value: { type: 'color-text' } },
    // Of what is no such word, an empty cell's text among it: else Grafana's thresholds paint it green.
    ...fixedColour('text'),
  ];
}

/** A bar from zero beside the figure: columns of one unit are read against each other. */
export const bars: DynamicConfigValue[] = [
  { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' } },
  { id: 'min', value: 0 },
  // Up to the highest of its own column, not of the table.
  { id: 'fieldMinMax', value: true },
  ...fixedColour('blue'),
];

/** Names of generations, or what begins with one, in the generation's colour. */
export const inItsColour: DynamicConfigValue[] = [
  { id: 'mappings', value: generationWords },
  { id: 'custom.wrapText', value: true },
  { id: 'custom.cellOptions', value: { type: 'color-text', wrapText: true } },
  ...fixedColour('text'),
];

import {
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  StackingConfigBuilder,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type DynamicConfigValue,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TablePanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesPanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { PanelBuilder as StateTimelinePanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { generationColours, generationWords } from './generation-colours.js';
import { linked, type Link } from './links.js';
import { dataSource, postgresQuery, type Format } from './postgres-query.js';

export const units = {
  cycles: 'suffix:cycles',
  ns: 'ns',
  count: 'short',
  share: 'percentunit',
  ratio: 'none',
  bytes: 'bytes',
  seconds: 's',
} as const;

/** What the variable `unit` offers. */
export const chosenUnits = ['ns', 'cycles'] as const;

/** The same in each of them, where only the chosen one gives rows: a unit belongs to a query. */
export type InUnits = Readonly<Record<(typeof chosenUnits)[number], string>>;

/** What a panel says of itself; the description is mandatory. */
export interface PanelText {
  title: string;
  description: string;
  unit: string;
  /** Shown instead of "No data". */
  noValue: string;
}

// The SDK hides legends unless told otherwise.
export function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .calcs([]);
}

/** With the last, lowest and highest value of each line; below the drawing, where long names fit. */
function legendTable(): VizLegendOptionsBuilder {
  return legend().displayMode(LegendDisplayMode.Table).calcs(['lastNotNull', 'min', 'max']);
}

/** The line that ends highest stands first: of many, a legend shows a few without scrolling. */
export const highestFirst = (): VizLegendOptionsBuilder => legendTable().sortBy('Last *').sortDesc(true);

function timeSeries(
  { title, description, unit, noValue }: PanelText,
  rawSql: string | InUnits,
  format: Format = 'time_series',
): TimeseriesPanelBuilder {
  const panel = new TimeseriesPanelBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .noValue(noValue)
    .datasource(dataSource);
  const targets = typeof rawSql === 'string' ? { A: rawSql } : rawSql;
  for (const [refId, sql] of Object.entries(targets)) panel.withTarget(postgresQuery(refId, format, sql));
  if (typeof rawSql !== 'string')
    for (const name of chosenUnits) panel.overrideByQuery(name, unitOverride(units[name]));
  // The panel's text for no rows would stand three times in the legend of a line that has none.
  panel.overrideByFieldType('number', whenEmpty('–'));
  return panel.legend(legend()).tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
}

/**
 * Points of nightly runs are joined, longer silence is a gap: nights fall into hours up to half a day apart. The data source sends
 * no empty rows, so both sides of the rule are Grafana's to apply: one joins over the other lines' hours, one parts.
 */
const joinedMs = 36 * 3_600_000;
/** The same of points that lie further apart than nights. */
export const joinedOver = (days: number): DynamicConfigValue[] =>
  ['custom.spanNulls', 'custom.insertNulls'].map((id) => ({ id, value: days * 24 * 3_600_000 }));

/** A line for each value of the query's `metric` column, which begins with the name of a generation. */
export function generationLines(
  text: PanelText,
  rawSql: string | InUnits,
  links: readonly Link[],
): TimeseriesPanelBuilder {
  const panel = lines(text, rawSql).lineWidth(1);
  return inGenerationColours(panel).overrideByRegexp('/.*/', linked(...links));
}

export function inGenerationColours(panel: TimeseriesPanelBuilder): TimeseriesPanelBuilder {
  panel.colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName));
  for (const { pattern, properties } of generationColours) panel.overrideByRegexp(pattern, properties);
  return panel;
}

/** A line for each value of the query's `metric` column. */
export function lines(text: PanelText, rawSql: string | InUnits): TimeseriesPanelBuilder {
  return timeSeries(text, rawSql)
    .legend(legendTable())
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .showPoints(VisibilityMode.Auto)
    .spanNulls(joinedMs)
    .insertNulls(joinedMs);
}

/**
 * A point for each row: replicates, never joined by a line. The query gives a column `run`, which its points open: of a table, because
 * in a time series each text would part the points into series.
 */
export function runPoints(text: PanelText, rawSql: string | InUnits, links: readonly Link[]): TimeseriesPanelBuilder {
  return timeSeries(text, rawSql, 'table')
    .drawStyle(GraphDrawStyle.Points)
    .pointSize(6)
    .legend(legendTable())
    .overrideByFieldType('number', linked(...links));
}

/** What holds when: a lane for each text column of the query, beside `time`. */
export function timeline({ title, description, noValue }: PanelText, rawSql: string): StateTimelinePanelBuilder {
  return new StateTimelinePanelBuilder()
    .title(title)
    .description(description)
    .noValue(noValue)
    .datasource(dataSource)
    .withTarget(postgresQuery('A', 'table', rawSql))
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.8)
    .fillOpacity(25)
    .lineWidth(1)
    .colorScheme(neutral)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(false)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
}

/** Stacked counts by the query's `metric` column, in bars no narrower than an hour. */
export function stackedBars(text: PanelText, rawSql: string): TimeseriesPanelBuilder {
  return timeSeries(text, rawSql)
    .interval('1h')
    .min(0)
    .legend(legendTable())
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(70)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/**
 * p5 to p95 as a band around p50, with p99 above; of several sides each has its own colour, and its columns begin with its name (`a p5`).
 * The columns carry no label: `fillBelowTo` matches bare names only.
 */
export function percentileBand(
  text: PanelText,
  rawSql: string | InUnits,
  sides: Readonly<Record<string, string>> = { '': 'blue' },
): TimeseriesPanelBuilder {
  const panel = lines(text, rawSql);
  const hidden = { id: 'custom.lineWidth', value: 0 };
  const unlisted = { id: 'custom.hideFrom', value: { legend: true, tooltip: false, viz: false } };
  for (const [side, colour] of Object.entries(sides)) {
    const name = (quantile: string): string => (side === '' ? quantile : `${side} ${quantile}`);
    panel
      .overrideByName(name('p95'), [
        ...[hidden, unlisted, ...fixedColour(colour)],
        ...[
          { id: 'custom.fillBelowTo', value: name('p5') },
          { id: 'custom.fillOpacity', value: 25 },
        ],
      ])
      .overrideByName(name('p5'), [hidden, unlisted, ...fixedColour(colour)])
      .overrideByName(name('p50'), [
        { id: 'displayName', value: `${name('p50')}, in a band from p5 to p95` },
        ...fixedColour(colour),
      ])
      .overrideByName(name('p99'), [
        ...[{ id: 'custom.lineWidth', value: 1 }, ...fixedColour(colour)],
        { id: 'custom.lineStyle', value: { fill: 'dash', dash: [4, 4] } },
      ]);
  }
  return panel;
}

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

/** A cell without a value shows the panel's text for no rows at all, unless its column has a text of its own. */
export function whenEmpty(text: string): DynamicConfigValue[] {
  return [{ id: 'noValue', value: text }];
}

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

/** Digits after the point. */
export function decimals(digits: number): DynamicConfigValue[] {
  return [{ id: 'decimals', value: digits }];
}

/** A figure without a verdict has no colour: Grafana's own thresholds paint whatever exceeds 80 red, and the rest green. */
export const neutral = new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor('text');

/** Lines that are parts of one thing: else Grafana gives them any colours, green of failures among them. */
export const shadesOf = (colour: string) => new FieldColorBuilder().mode(FieldColorModeId.Shades).fixedColor(colour);

export function fixedColour(fixedColor: string): DynamicConfigValue[] {
  return [{ id: 'color', value: { mode: 'fixed', fixedColor } }];
}

export function unitOverride(unit: string): DynamicConfigValue[] {
  return [{ id: 'unit', value: unit }];
}

/** Dashed lines at a margin above and below zero. */
export function marginLines(panel: TimeseriesPanelBuilder, margin: number): TimeseriesPanelBuilder {
  const step = (value: number | null) => ({ value, color: value === null ? 'transparent' : 'text' });
  return panel
    .thresholds(
      new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([step(null), step(-margin), step(margin)]),
    )
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
}

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
import { PanelBuilder as StateTimelinePanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeseriesPanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import {
  chosenUnits,
  fixedColour,
  neutral,
  unitOverride,
  units,
  whenEmpty,
  type InUnits,
  type PanelText,
} from './fields.js';
import { generationColours } from './generation-colours.js';
import { linked, type Link } from './links.js';
import { dataSource, postgresQuery, type Format } from './postgres-query.js';

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
  return (
    timeSeries(text, rawSql)
      .interval('1h')
      .min(0)
      .legend(legendTable())
      .drawStyle(GraphDrawStyle.Bars)
      // Else as wide as the shortest time between two: two losses a month apart were drawn as two weeks each.
      .barMaxWidth(10)
      .fillOpacity(70)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
  );
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

/** Dashed lines at a margin above and below zero. */
export function marginLines(panel: TimeseriesPanelBuilder, margin: number): TimeseriesPanelBuilder {
  const step = (value: number | null) => ({ value, color: value === null ? 'transparent' : 'text' });
  return panel
    .thresholds(
      new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([step(null), step(-margin), step(margin)]),
    )
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
}

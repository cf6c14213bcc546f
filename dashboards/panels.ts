import {
  GraphDrawStyle,
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
  type DynamicConfigValue,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TablePanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesPanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { dataSource, postgresQuery } from './postgres-query.js';

export const units = { cycles: 'suffix:cycles', count: 'short', share: 'percentunit', ratio: 'none' } as const;

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

function timeSeries({ title, description, unit, noValue }: PanelText, rawSql: string): TimeseriesPanelBuilder {
  return new TimeseriesPanelBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .noValue(noValue)
    .datasource(dataSource)
    .withTarget(postgresQuery('A', 'time_series', rawSql))
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
}

/**
 * Points of nightly runs are joined, longer silence is a gap: nights fall into hours up to half a day apart. The data source sends
 * no empty rows, so both sides of the rule are Grafana's to apply: one joins over the other lines' hours, one parts.
 */
const joinedMs = 36 * 3_600_000;

/** A line for each value of the query's `metric` column. */
export function lines(text: PanelText, rawSql: string): TimeseriesPanelBuilder {
  return timeSeries(text, rawSql)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .showPoints(VisibilityMode.Auto)
    .spanNulls(joinedMs)
    .insertNulls(joinedMs);
}

/** A point for each row: replicates, never joined by a line. */
export function points(text: PanelText, rawSql: string): TimeseriesPanelBuilder {
  return timeSeries(text, rawSql).drawStyle(GraphDrawStyle.Points).pointSize(6);
}

/** Stacked counts by the query's `metric` column, in bars no narrower than an hour. */
export function stackedBars(text: PanelText, rawSql: string): TimeseriesPanelBuilder {
  return timeSeries(text, rawSql)
    .interval('1h')
    .min(0)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(70)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/** p5 to p95 as a band around p50, with p99 above. Its columns carry no label: `fillBelowTo` matches bare names only. */
export function percentileBand(text: PanelText, rawSql: string): TimeseriesPanelBuilder {
  const hidden = { id: 'custom.lineWidth', value: 0 };
  return lines(text, rawSql)
    .overrideByName('p95', [hidden, { id: 'custom.fillBelowTo', value: 'p5' }, { id: 'custom.fillOpacity', value: 25 }])
    .overrideByName('p5', [hidden])
    .overrideByName('p99', [
      { id: 'custom.lineWidth', value: 1 },
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [4, 4] } },
    ]);
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
    .withTarget(postgresQuery('A', 'table', rawSql))
    .overrideByFieldType('number', unitOverride(unit));
  for (const [column, columnUnit] of Object.entries(columnUnits))
    panel.overrideByName(column, unitOverride(columnUnit));
  return panel;
}

/** A figure without a verdict has no colour: Grafana's own thresholds paint whatever exceeds 80 red, and the rest green. */
export const neutral = new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor('text');

export function fixedColour(fixedColor: string): DynamicConfigValue[] {
  return [{ id: 'color', value: { mode: 'fixed', fixedColor } }];
}

export function unitOverride(unit: string): DynamicConfigValue[] {
  return [{ id: 'unit', value: unit }];
}

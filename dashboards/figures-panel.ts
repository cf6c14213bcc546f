import {
  BigValueGraphMode,
  ReduceDataOptionsBuilder,
  VizTextDisplayOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as StatPanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { neutral, type PanelText } from './fields.js';
import { dataSource, postgresQuery } from './postgres-query.js';

/** Pixels. As Grafana sizes them, the names of six figures are 7 pixels high in a narrow window. */
const nameSize = 13;

/** One figure for each column. */
export function figures({ title, description, unit, noValue }: PanelText, rawSql: string): StatPanelBuilder {
  return new StatPanelBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .noValue(noValue)
    .datasource(dataSource)
    .withTarget(postgresQuery('A', 'table', rawSql))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields('/.*/'))
    .text(new VizTextDisplayOptionsBuilder().titleSize(nameSize))
    .graphMode(BigValueGraphMode.None)
    .colorScheme(neutral);
}

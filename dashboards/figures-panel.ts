import { BigValueGraphMode, ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as StatPanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { neutral, type PanelText } from './fields.js';
import { dataSource, postgresQuery } from './postgres-query.js';

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
    .graphMode(BigValueGraphMode.None)
    .colorScheme(neutral);
}

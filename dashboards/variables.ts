import { everyMeasure, measureLabel, measureName, metricNames, probeNames, provenanceSchema } from '#contracts';
import {
  CustomVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { dataSource } from './postgres-query.js';

/**
 * Where the figures come from: one value, always shown, and in every panel's title. With "All" or several values a
 * simulated figure could stand beside a measured one.
 */
export function provenanceVariable(): CustomVariableBuilder {
  const values = provenanceSchema.options;
  const first = 'measured' satisfies (typeof values)[number];
  return new CustomVariableBuilder('provenance')
    .label('Provenance')
    .description('Where the figures come from. One at a time: they never mix.')
    .values(values.join(','))
    .options(values.map((value) => ({ text: value, value, selected: value === first })))
    .current({ text: first, value: first, selected: true })
    .multi(false)
    .includeAll(false)
    .allowCustomValue(false);
}

/** The choice where the data hold nothing: Grafana shows a variable whose query gives no row as a fault. */
const nothing = 'none';

/** What the data hold in the time range, or `none`, in the query's order; `rows` gives one text column. */
export function dataVariable(name: string, label: string, rows: string): QueryVariableBuilder {
  const found = `SELECT array_agg(choice) FROM (\n${rows}\n) AS choices(choice)`;
  const sql = `SELECT unnest(coalesce((${found}), ARRAY['${nothing}'])) AS "choice"`;
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(dataSource)
    .query(sql)
    .definition(sql)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.Disabled)
    .allowCustomValue(false);
}

/** Names as SQL literals, in the catalogue's order: a variable begins with the first that has results. */
const literals = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** What is measured: one probe and one of its metrics at a time. */
export function measureVariables(sql: (name: string, parameters: Record<string, string>) => string) {
  return [
    dataVariable('probe', 'Probe', sql('probes', { probes: literals(probeNames) })).description(
      'What the runs measured. One at a time: figures of two probes are never pooled, whatever their metrics are called.',
    ),
    dataVariable('metric', 'Metric', sql('metrics', { metrics: literals(metricNames) })).description(
      everyMeasure()
        .map(({ probe, metric }) => `${measureName(probe, metric)}: ${measureLabel(probe, metric)}`)
        .join('. '),
    ),
  ];
}

/** Where the console is, for links. */
export function consoleVariable(): TextBoxVariableBuilder {
  return new TextBoxVariableBuilder('console')
    .label('Console')
    .description('Address of the coordinator, for the links to its console.')
    .defaultValue('http://localhost:3000');
}

import { everyMeasure, measureLabel, measureName, metricNames, probeNames, provenanceSchema } from '#contracts';
import {
  CustomVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { kernelOf, kptiOf } from './cell.js';
import { dataSource } from './postgres-query.js';

export type Sql = (name: string, parameters?: Record<string, string>) => string;

/**
 * Where the figures come from: one value, always shown, and in every panel's title. With "All" or several values a
 * simulated figure could stand beside a measured one.
 */
export function provenanceVariable(sql: Sql): QueryVariableBuilder {
  return dataVariable(
    'provenance',
    'Provenance',
    sql('provenances', { provenances: literals(provenanceSchema.options) }),
  )
    .description(
      'Where the figures come from. One at a time: they never mix. Begins with what has results, measured ones first.',
    )
    .multi(false)
    .includeAll(false);
}

/** How hosts above the limit of noise are treated. */
function noiseVariable(): CustomVariableBuilder {
  const [all, quiet] = ['all hosts', 'grades A to C'];
  return new CustomVariableBuilder('noise')
    .label('Noise')
    .description('Grade D: the host’s runs scatter by more than 3 % when nothing changes. Those hosts can be left out.')
    .values([all, quiet].join(','))
    .options([all, quiet].map((value) => ({ text: value, value, selected: value === all })))
    .current({ text: all, value: all, selected: true })
    .multi(false)
    .includeAll(false)
    .allowCustomValue(false);
}

/** In what lengths of time are shown: nanoseconds where a clock rate is known. */
export function unitVariable(sql: Sql): QueryVariableBuilder {
  return dataVariable('unit', 'Unit', sql('units')).description(
    'Nanoseconds, or cycles of each host’s TSC: those of hosts with other rates are other lengths of time.',
  );
}

const everyValue = { text: ['All'], value: ['$__all'], selected: true };
/** One or several of what the data hold; all of them at first. */
export const severalOf = (variable: QueryVariableBuilder): QueryVariableBuilder =>
  variable.multi(true).includeAll(true).current(everyValue);

/** What narrows the choice of cells (`cell.ts`). */
export function cellVariables(sql: Sql): QueryVariableBuilder[] {
  return [
    severalOf(dataVariable('kernel', 'Kernel', sql('boot-values', { field: kernelOf }))),
    severalOf(dataVariable('kpti', 'KPTI', sql('boot-values', { field: kptiOf }))),
  ];
}

/** The choice where the data hold nothing: Grafana shows a variable whose query gives no row as a fault. */
export const noChoice = 'none';

/** What the data hold in the time range, or `none`, in the query's order; `rows` gives one text column. */
export function dataVariable(name: string, label: string, rows: string): QueryVariableBuilder {
  const found = `SELECT array_agg(choice) FROM (\n${rows}\n) AS choices(choice)`;
  const sql = `SELECT unnest(coalesce((${found}), ARRAY['${noChoice}'])) AS "choice"`;
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

/** What is measured, one probe and one of its metrics at a time, and on which hosts. */
export function measureVariables(sql: Sql) {
  return [
    dataVariable('probe', 'Probe', sql('probes', { probes: literals(probeNames) })).description(
      'What the runs measured. One at a time: figures of two probes are never pooled, whatever their metrics are called.',
    ),
    dataVariable('metric', 'Metric', sql('metrics', { metrics: literals(metricNames) })).description(
      everyMeasure()
        .map(({ probe, metric }) => `${measureName(probe, metric)}: ${measureLabel(probe, metric)}`)
        .join('. '),
    ),
    noiseVariable(),
  ];
}

/** Where the console is, for links. */
export function consoleVariable(): TextBoxVariableBuilder {
  return new TextBoxVariableBuilder('console')
    .label('Console')
    .description('Address of the coordinator, for the links to its console.')
    .defaultValue('http://localhost:3000');
}

import { provenanceSchema } from '#contracts';
import {
  CustomVariableBuilder,
  QueryVariableBuilder,
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

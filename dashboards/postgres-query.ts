import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';

/** The data source that provisioning/datasources/xperf-fleet.yml makes; alerts know no other. */
export const provisionedSource = { type: 'grafana-postgresql-datasource', uid: 'xperf-fleet-postgres' } as const;

/** The one that is chosen on the board, so that it can be imported into anybody's Grafana. */
export const dataSource = { type: provisionedSource.type, uid: '${datasource}' } as const;

/** `time_series` needs a column `time`, ascending; its text columns become labels. `table` shows rows as they come. */
export type Format = 'time_series' | 'table';

/** A target in the shape that Grafana's PostgreSQL plugin reads; the SDK has no type for it. */
export interface PostgresTarget extends Dataquery {
  refId: string;
  datasource: typeof dataSource;
  editorMode: 'code';
  rawQuery: true;
  format: Format;
  rawSql: string;
}

export function postgresQuery(refId: string, format: Format, rawSql: string): Builder<Dataquery> {
  return {
    build(): PostgresTarget {
      const target = { refId, datasource: dataSource, editorMode: 'code', rawQuery: true, format, rawSql } as const;
      // The SDK marks its query types with this method; not enumerable, so that it stays out of the JSON.
      return Object.defineProperty(target, '_implementsDataqueryVariant', { value: () => undefined }) as PostgresTarget;
    },
  };
}

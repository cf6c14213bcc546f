import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  RowBuilder,
  type Dashboard,
  type Panel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { dataSource, postgresQuery, provisionedSource } from './postgres-query.js';

const tag = 'xperf-fleet';
const columns = 24;

/** A heading and the panels below it; `width` in Grafana's grid of 24 columns. */
export interface Section {
  title: string;
  height: number;
  panels: readonly { width: number; panel: Builder<Panel> }[];
}

export interface Board {
  uid: string;
  title: string;
  description: string;
  variables: readonly Builder<VariableModel>[];
  sections: readonly Section[];
  /** What the boards open with: Grafana's relative time. */
  from?: string;
  /** Marks on every panel over time: columns `time`, `text`, `tags`. */
  marks?: readonly { name: string; colour: string; rawSql: string }[];
}

/** Which data source is asked; where the boards were provisioned, the one that came with them. */
function sourceVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The fleet’s database, as its read-only login.')
    .type(provisionedSource.type)
    .current({ text: 'xperf-fleet', value: provisionedSource.uid, selected: true });
}

/** The classic dashboard JSON that Grafana's file provisioning reads. The same board gives the same object. */
export function dashboardOf(board: Board): Dashboard {
  const builder = new DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags([tag])
    .timezone('browser')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: board.from ?? 'now-90d', to: 'now' })
    .refresh('5m')
    .variables([...board.variables, sourceVariable()])
    .link(
      new DashboardLinkBuilder('Boards')
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .asDropdown(true)
        .keepTime(true)
        .includeVars(true),
    );
  for (const { name, colour, rawSql } of board.marks ?? [])
    builder.annotation(
      new AnnotationQueryBuilder()
        .name(name)
        .datasource(dataSource)
        .enable(true)
        .iconColor(colour)
        .target(postgresQuery('Anno', 'table', rawSql)),
    );
  let id = 0;
  let y = 0;
  for (const { title, height, panels } of board.sections) {
    builder.withRow(new RowBuilder(title).id(++id).gridPos({ x: 0, y, w: columns, h: 1 }));
    y += 1;
    let x = 0;
    for (const { width, panel } of panels) {
      if (x + width > columns) {
        x = 0;
        y += height;
      }
      const model = { ...panel.build(), id: ++id, gridPos: { x, y, w: width, h: height } };
      builder.withPanel({ build: () => model });
      x += width;
    }
    y += height;
  }
  // build() hands out its live object.
  const dashboard = structuredClone(builder.build());
  // The SDK's default would move the link out of sight into the controls menu.
  for (const link of [...(dashboard.links ?? []), ...(dashboard.annotations?.list ?? [])]) delete link.placement;
  return dashboard;
}

import { boardFiles } from './boards.js';
import { dataSource } from './postgres-query.js';
import type { Queries } from './queries.js';

const input = 'DS_XPERF_FLEET';
/** The Grafana that the boards are built for, as docker-compose.yml starts it; the oldest is 12. */
const grafana = '12.0.0';

/** The boards for anybody's Grafana: what file provisioning names by uid is an input, which the import page asks for. */
export function exportedFiles(queries: Queries): Map<string, string> {
  return new Map(
    [...boardFiles(queries)].map(([name, text]) => {
      const board = JSON.parse(text.replaceAll(`"${dataSource.uid}"`, `"\${${input}}"`)) as {
        panels: { type: string }[];
      };
      const kinds = [...new Set(board.panels.map(({ type }) => type).filter((type) => type !== 'row'))].sort();
      const exported = {
        __inputs: [
          {
            ...{ name: input, label: 'xperf-fleet', type: 'datasource', pluginId: dataSource.type },
            ...{
              pluginName: 'PostgreSQL',
              description: 'The fleet’s database, as its read-only login (docs/grafana.md)',
            },
          },
        ],
        __requires: [
          { type: 'grafana', id: 'grafana', name: 'Grafana', version: grafana },
          { type: 'datasource', id: dataSource.type, name: 'PostgreSQL', version: grafana },
          ...kinds.map((id) => ({ type: 'panel', id, name: id, version: '' })),
        ],
        ...board,
      };
      return [name, `${JSON.stringify(exported, null, 2)}\n`];
    }),
  );
}

import { boardFiles } from './boards.js';
import { dataSource } from './postgres-query.js';
import type { Queries } from './queries.js';

/** The Grafana that the boards are built for, as docker-compose.yml starts it; the oldest is 12. */
const grafana = '12.0.0';

interface BoardJson {
  panels: { type: string }[];
  templating: { list: { type: string; current?: object }[] };
}

/** The boards for anybody's Grafana: which data source is chosen there, on the board, of those that are PostgreSQL. */
export function exportedFiles(queries: Queries): Map<string, string> {
  return new Map(
    [...boardFiles(queries)].map(([name, text]) => {
      const board = JSON.parse(text) as BoardJson;
      for (const variable of board.templating.list) if (variable.type === 'datasource') variable.current = {};
      const kinds = [...new Set(board.panels.map(({ type }) => type).filter((type) => type !== 'row'))].sort();
      const exported = {
        __inputs: [],
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

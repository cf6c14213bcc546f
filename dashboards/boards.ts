import { dashboardOf } from './board.js';
import { compareBoard } from './compare-board.js';
import { fleetBoard } from './fleet-board.js';
import type { Queries } from './queries.js';

/** Every board as a JSON file: name to text, the same bytes every time. */
export function boardFiles(queries: Queries): Map<string, string> {
  const boards = [fleetBoard(queries), compareBoard(queries)].map(dashboardOf);
  return new Map(boards.map((board) => [`${board.uid}.json`, `${JSON.stringify(board, null, 2)}\n`]));
}

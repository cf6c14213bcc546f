import { dashboardOf } from './board.js';
import { compareBoard } from './compare-board.js';
import { effectsBoard } from './effects-board.js';
import { hostBoard } from './host-board.js';
import { operationsBoard } from './operations-board.js';
import type { Queries } from './queries.js';
import { runBoard } from './run-board.js';
import { trendsBoard } from './trends-board.js';
import { virtualizationBoard } from './virtualization-board.js';

/** In the order in which they are read; the first one is the home. */
const boards = [trendsBoard, compareBoard, hostBoard, runBoard, effectsBoard, virtualizationBoard, operationsBoard];

/** Every board as a JSON file: name to text, the same bytes every time. */
export function boardFiles(queries: Queries): Map<string, string> {
  return new Map(
    boards
      .map((board) => dashboardOf(board(queries)))
      .map((board) => [`${board.uid}.json`, `${JSON.stringify(board, null, 2)}\n`]),
  );
}

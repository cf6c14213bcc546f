import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { alertFiles } from './alerts/provisioned.js';
import { dashboardOf } from './board.js';
import { compareBoard } from './compare-board.js';
import { effectsBoard } from './effects-board.js';
import { hostBoard } from './host-board.js';
import { keepingChoices } from './kept-choices.js';
import { operationsBoard } from './operations-board.js';
import type { Queries } from './queries.js';
import { regressionsBoard } from './regressions-board.js';
import { runBoard } from './run-board.js';
import { withStandIns } from './stand-ins.js';
import { trendsBoard } from './trends-board.js';
import { virtualizationBoard } from './virtualization-board.js';

/** In the order in which they are read; the first one is the home. */
const boards = [
  trendsBoard,
  compareBoard,
  hostBoard,
  runBoard,
  effectsBoard,
  virtualizationBoard,
  regressionsBoard,
  operationsBoard,
];

const dashboards = (queries: Queries): Dashboard[] =>
  keepingChoices(boards.map((board) => withStandIns(dashboardOf(board(queries)), queries)));

/** Every board as a JSON file: name to text, the same bytes every time. */
export function boardFiles(queries: Queries): Map<string, string> {
  return new Map(dashboards(queries).map((board) => [`${board.uid}.json`, `${JSON.stringify(board, null, 2)}\n`]));
}

/** All that is written to provisioning/: path to text. */
export function provisionedFiles(queries: Queries, alertQueries: Queries): Map<string, string> {
  const under = (folder: string, files: Map<string, string>) =>
    [...files].map(([name, text]) => [`${folder}/${name}`, text] as const);
  return new Map([
    ...under('boards', boardFiles(queries)),
    ...under('alerting', alertFiles(alertQueries, dashboards(queries))),
  ]);
}

import type { Board } from './board.js';
import { choices } from './choices-panel.js';
import { againstA, ladder, matched } from './compare-generations.js';
import { bands, judged, runs, sideBySide } from './compare-sides.js';
import { boardUids } from './links.js';
import { queryText, type Queries } from './queries.js';
import {
  cellVariables,
  consoleVariable,
  dataVariable,
  measureVariables,
  provenanceVariable,
  unitVariable,
  type Sql,
} from './variables.js';

export function compareBoard(queries: Queries): Board {
  const sql: Sql = (name, parameters) => queryText(queries, name, parameters);

  return {
    uid: boardUids.compare,
    title: 'Compare generations',
    description:
      'CPU generations in the order of their years, and two of them side by side, each under one executor, kernel and KPTI state.',
    variables: [
      provenanceVariable(sql),
      ...measureVariables(sql),
      unitVariable(sql),
      ...cellVariables(sql),
      dataVariable('a', 'a (reference)', sql('cells', { order: 'max(cells.day) DESC, sum(cells.hosts) DESC, 1' })),
      // b begins as another cell under a's kernel and KPTI state, where there is one; of these, one that is bare or VM and executed as a.
      dataVariable('b', 'b', sql('compare-matched-cells')),
      consoleVariable(),
    ],
    sections: [
      choices(queries, ['a', 'b']),
      ladder(sql),
      againstA(sql),
      sideBySide(sql),
      judged(sql),
      runs(sql),
      bands(sql),
      matched(sql),
    ],
  };
}

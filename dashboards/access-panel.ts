import type { Section } from './board.js';
import { units } from './fields.js';
import { table, width, wrapped } from './table.js';
import { queryText, type Queries } from './queries.js';

/** Where other panels send their reader. */
export const unreadableTitle = 'What can’t be read';

/** Stands in its query for what the board needs, which is known once all of its panels are (`stand-ins.ts`). */
export const needsOfBoard = 'needs of the board';

/**
 * What the login may not read or the database does not have. It asks PostgreSQL's catalogue only, so it has an answer where every other
 * panel shows PostgreSQL's refusal.
 */
export function access(queries: Queries, columns: number): Section['panels'][number] {
  return {
    width: columns,
    panel: table(
      {
        title: `${unreadableTitle} · any provenance`,
        description:
          'What this board reads and the data source’s login may not, or the database does not have, and what to do. Empty: all can be read.',
        unit: units.count,
        noValue: 'all tables can be read',
      },
      queryText(queries, 'unreadable', { needs: needsOfBoard }),
    )
      .overrideByName('name', width(160))
      .overrideByName('fault', wrapped)
      .overrideByName('remedy', wrapped),
  };
}

/** As a row of its own, for a board whose first row has no place for it. */
export const accessSection = (queries: Queries): Section => ({
  title: 'Access',
  height: 6,
  panels: [access(queries, 24)],
});

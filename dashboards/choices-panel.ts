import { provenanceSchema } from '#contracts';
import type { Section } from './board.js';
import { units } from './fields.js';
import { table, width, wrapped } from './table.js';
import { access } from './access-panel.js';
import { queryText, type Queries } from './queries.js';

const provenances = provenanceSchema.options.map((name) => `'${name}'`).join(', ');

/**
 * The first thing on a board: what is chosen (a link can carry any value) that does not exist, so that no panel is empty
 * without a reason.
 *
 * @param cells the board's variables that hold cells
 */
export function choices(queries: Queries, cells: readonly string[]): Section {
  const chosen = cells.map((name) => `('${name}', ARRAY[\${${name}:sqlstring}]::text[])`).join(', ');
  return {
    title: 'Choices',
    height: 6,
    panels: [
      {
        width: 15,
        panel: table(
          {
            title: 'Choices that do not exist · $provenance',
            description:
              'What the variables above are set to that has no results in this time, and what there is instead. Empty: all of it exists.',
            unit: units.count,
            noValue: 'every choice exists',
          },
          queryText(queries, 'choices', { provenances, cells: chosen }),
        )
          .overrideByName('fault', [...width(150), ...wrapped])
          .overrideByName('chosen', wrapped)
          .overrideByName('there is', wrapped),
      },
      access(queries, 9),
    ],
  };
}

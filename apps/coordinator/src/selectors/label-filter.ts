import type { Selector } from '#contracts';
import { Prisma } from '#event-store';

/**
 * A selector as a condition on a jsonb column of labels, true exactly when `matchesSelector` is; never NULL where the labels are not. Keys and
 * values travel as parameters. What must be equal is asked as containment, which the index runs_labels answers.
 */
export function labelFilter(selector: Selector, labels: Prisma.Sql): Prisma.Sql {
  const terms = selector.map((requirement) => {
    const label = Prisma.sql`(${labels} ->> ${requirement.key}::text)`;
    switch (requirement.op) {
      case 'exists':
        return Prisma.sql`${label} IS NOT NULL`;
      case 'absent':
        return Prisma.sql`${label} IS NULL`;
      case 'in':
        return Prisma.sql`(${Prisma.join(
          requirement.values.map(
            (value) => Prisma.sql`${labels} @> ${JSON.stringify({ [requirement.key]: value })}::jsonb`,
          ),
          ' OR ',
        )})`;
      case 'notIn':
        return Prisma.sql`coalesce(${label} <> ALL(${[...requirement.values]}::text[]), true)`;
    }
  });
  return terms.length === 0 ? Prisma.sql`true` : Prisma.join(terms, ' AND ');
}

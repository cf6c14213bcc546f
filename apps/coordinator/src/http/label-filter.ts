import type { Selector } from '#contracts';
import { Prisma } from '#event-store';

/**
 * A selector as a condition on a jsonb column of labels, true exactly when `matchesSelector` is; never NULL. Keys and
 * values travel as parameters.
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
        return Prisma.sql`coalesce(${label} = ANY(${[...requirement.values]}::text[]), false)`;
      case 'notIn':
        return Prisma.sql`coalesce(${label} <> ALL(${[...requirement.values]}::text[]), true)`;
    }
  });
  return terms.length === 0 ? Prisma.sql`true` : Prisma.join(terms, ' AND ');
}

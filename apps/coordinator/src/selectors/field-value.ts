import { labelReached } from '#contracts';
import { Prisma } from '#event-store';

/**
 * What a run or host has under a name of a field list (`parseFieldList`), as SQL: a label, or a fact of its boot state.
 * NULL where it has none.
 *
 * @param labels a jsonb column
 * @param bootFields `boot_states.fields` of the same row
 */
export function fieldValue(name: string, labels: Prisma.Sql, bootFields: Prisma.Sql): Prisma.Sql {
  const label = labelReached(name);
  return label === null ? Prisma.sql`(${bootFields} ->> ${name}::text)` : Prisma.sql`(${labels} ->> ${label}::text)`;
}

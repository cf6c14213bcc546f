import { labelReached, type Selector } from '#contracts';
import { Prisma } from '#event-store';
import { labelFilter } from './label-filter.js';

/**
 * A selector as a condition on a host or run: on its labels, and through the hash on the facts of its boot state (that of
 * the run's own start, or the host's present one).
 *
 * Every boot state has fields; one without is of an earlier release and not filled yet, so nothing is said of it.
 *
 * @param labels a jsonb column
 * @param bootStateHash a column of the same row
 */
export function subjectFilter(selector: Selector, labels: Prisma.Sql, bootStateHash: Prisma.Sql): Prisma.Sql {
  const ofLabels = selector.flatMap((term) => {
    const key = labelReached(term.key);
    return key === null ? [] : [{ ...term, key }];
  });
  const ofBoot = selector.filter((term) => labelReached(term.key) === null);
  const filter = labelFilter(ofLabels, labels);
  if (ofBoot.length === 0) return filter;
  return Prisma.sql`${filter} AND ${bootStateHash} IN (
    SELECT b.boot_state_hash FROM boot_states b WHERE b.fields <> '{}' AND ${labelFilter(ofBoot, Prisma.sql`b.fields`)})`;
}

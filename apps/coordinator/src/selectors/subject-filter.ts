import { labelReached, type Selector } from '#contracts';
import { Prisma, type PrismaClient, rowsOf } from '#event-store';
import { labelFilter } from './label-filter.js';

const mostNamed = 1_000;

const factTerms = (selector: Selector): Selector => selector.filter((term) => labelReached(term.key) === null);

/** Every boot state has fields; one without is of an earlier release and not filled yet, so nothing is said of it. */
const withFacts = (terms: Selector): Prisma.Sql =>
  Prisma.sql`SELECT b.boot_state_hash FROM boot_states b WHERE b.fields <> '{}' AND ${labelFilter(terms, Prisma.sql`b.fields`)}`;

/**
 * The boot states that have the facts which a selector asks for, to be named to `subjectFilter`: for a list in another order PostgreSQL would
 * look each row's boot state up (40,000 of 40,727 buffers for a page of runs of one microcode, a million runs behind it).
 *
 * @returns undefined where it asks for none, or where too many have them to be named; then the first rows of a list have some among them.
 */
export async function namedBootStates(db: PrismaClient, selector: Selector): Promise<readonly string[] | undefined> {
  const terms = factTerms(selector);
  if (terms.length === 0) return undefined;
  const rows = await rowsOf<{ boot_state_hash: string }>(db, Prisma.sql`${withFacts(terms)} LIMIT ${mostNamed + 1}`);
  return rows.length > mostNamed ? undefined : rows.map((row) => row.boot_state_hash);
}

/**
 * A selector as a condition on a host or run: on its labels, and through the hash on the facts of its boot state (that of
 * the run's own start, or the host's present one).
 *
 * @param labels a jsonb column
 * @param bootStateHash a column of the same row
 * @param named what `namedBootStates` gave for this selector, where that was asked
 */
export function subjectFilter(
  selector: Selector,
  labels: Prisma.Sql,
  bootStateHash: Prisma.Sql,
  named?: readonly string[],
): Prisma.Sql {
  const ofLabels = selector.flatMap((term) => {
    const key = labelReached(term.key);
    return key === null ? [] : [{ ...term, key }];
  });
  const ofBoot = factTerms(selector);
  const filter = labelFilter(ofLabels, labels);
  if (ofBoot.length === 0) return filter;
  if (named !== undefined) return Prisma.sql`${filter} AND ${bootStateHash} = ANY(${[...named]}::text[])`;
  return Prisma.sql`${filter} AND ${bootStateHash} IN (${withFacts(ofBoot)})`;
}

import {
  annotationReached,
  isRunTermName,
  jobLabelReached,
  type RunSelector,
  type Selector,
  subjectTerms,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { labelFilter } from './label-filter.js';
import { namedBootStates, subjectFilter } from './subject-filter.js';

type Term = Selector[number];

/** Columns of a run, `r` being its row in `runs`. */
const columns = { job: Prisma.sql`r.job_id`, run: Prisma.sql`r.run_id`, executor: Prisma.sql`r.executor` };

function ownTerm(term: Term): Prisma.Sql[] {
  if (!isRunTermName(term.key) || !('values' in term)) return [];
  if (term.key === 'since' || term.key === 'until') return [];
  const type = term.key === 'executor' ? Prisma.sql`text` : Prisma.sql`uuid`;
  const values = Prisma.sql`ANY(${[...term.values]}::${type}[])`;
  const is = Prisma.sql`${columns[term.key]} = ${values}`;
  return [term.op === 'in' ? is : Prisma.sql`NOT (${is})`];
}

/** Terms that a run without annotations satisfies too ask for what is not there. */
function annotationTerms(terms: Selector): Prisma.Sql[] {
  return terms.flatMap((term) => {
    const key = annotationReached(term.key);
    if (key === null) return [];
    const positive = term.op === 'in' || term.op === 'exists';
    const asked = positive
      ? { ...term, key }
      : term.op === 'notIn'
        ? ({ ...term, key, op: 'in' } as const)
        : ({ key, op: 'exists' } as const);
    const found = Prisma.sql`r.run_id IN (SELECT n.run_id FROM run_annotations n WHERE ${labelFilter([asked], Prisma.sql`n.labels`)})`;
    return [positive ? found : Prisma.sql`NOT (${found})`];
  });
}

/** Labels of the job that a run is of. Every run has one, so that a job without the label satisfies `!=` for its runs. */
function jobTerms(terms: Selector): Prisma.Sql[] {
  const asked = terms.flatMap((term) => {
    const key = jobLabelReached(term.key);
    return key === null ? [] : [{ ...term, key }];
  });
  if (asked.length === 0) return [];
  return [Prisma.sql`r.job_id IN (SELECT j.job_id FROM jobs j WHERE ${labelFilter(asked, Prisma.sql`j.labels`)})`];
}

export const bootStatesOfRuns = (db: PrismaClient, { terms }: RunSelector): Promise<readonly string[] | undefined> =>
  namedBootStates(db, subjectTerms(terms));

/**
 * A selector of runs as a condition on a row `r` of `runs`, and on when the run ended.
 *
 * @param endedAt a column, of whichever row the index to use is on
 * @param named what `bootStatesOfRuns` gave for this selector, where that was asked
 */
export function runFilter(
  { terms, sinceMs, untilMs }: RunSelector,
  endedAt: Prisma.Sql,
  named?: readonly string[],
): Prisma.Sql {
  const moment = (ms: number): Prisma.Sql => Prisma.sql`${new Date(ms).toISOString()}::timestamptz`;
  return Prisma.join(
    [
      subjectFilter(subjectTerms(terms), Prisma.sql`r.labels`, Prisma.sql`r.boot_state_hash`, named),
      ...terms.flatMap(ownTerm),
      ...annotationTerms(terms),
      ...jobTerms(terms),
      ...(sinceMs === null ? [] : [Prisma.sql`${endedAt} >= ${moment(sinceMs)}`]),
      ...(untilMs === null ? [] : [Prisma.sql`${endedAt} < ${moment(untilMs)}`]),
    ],
    ' AND ',
  );
}

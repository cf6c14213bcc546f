import type { PrismaClient } from '#event-store';
import type { FieldError } from '../problems/problem.js';
import type { Asked } from './asked.js';
import { unknownSaid } from './said-labels.js';

/** Faults that are named at most, as of labels. */
const mostFaults = 10;

const idsOf = (asked: readonly Asked[], key: string): string[] => [
  ...new Set(asked.flatMap(({ named }) => (named.key === key && named.value !== null ? [named.value] : []))),
];

/** Those of jobs or runs that the read model does not have. */
async function missing(db: PrismaClient, key: 'job' | 'run', ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows =
    key === 'job'
      ? await db.$queryRaw<
          { id: string }[]
        >`SELECT job_id::text AS id FROM jobs WHERE job_id = ANY(${[...ids]}::uuid[])`
      : await db.$queryRaw<
          { id: string }[]
        >`SELECT run_id::text AS id FROM runs WHERE run_id = ANY(${[...ids]}::uuid[])`;
  const found = new Set(rows.map(({ id }) => id));
  return new Set(ids.filter((id) => !found.has(id.toLowerCase())));
}

/** What is wrong with terms of runs: jobs, runs, annotations and labels of jobs that there are none of. */
export async function unknownRunTerms(db: PrismaClient, asked: readonly Asked[]): Promise<FieldError[]> {
  const [jobs, runs] = await Promise.all([
    missing(db, 'job', idsOf(asked, 'job')),
    missing(db, 'run', idsOf(asked, 'run')),
  ]);
  const faults: FieldError[] = [];
  for (const one of asked) {
    const { field, named } = one;
    const { key, value } = named;
    if (faults.length >= mostFaults) break;
    if ((key === 'job' && value !== null && jobs.has(value)) || (key === 'run' && value !== null && runs.has(value))) {
      const remedy = `xf ${key}s lists the ${key}s that there are; one that was just submitted may take a second to appear`;
      faults.push({ field, message: `there is no ${key} ${value}`, remedy });
    }
    faults.push(...(await unknownSaid(db, one)));
  }
  return faults;
}

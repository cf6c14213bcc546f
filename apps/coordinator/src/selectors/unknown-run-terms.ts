import { annotationReached } from '#contracts';
import type { PrismaClient } from '#event-store';
import type { FieldError } from '../problems/problem.js';
import type { Asked } from './asked.js';
import { nearest } from './nearest.js';

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

async function annotationFault(db: PrismaClient, { field, named }: Asked): Promise<FieldError[]> {
  const name = annotationReached(named.key) ?? named.key;
  const known =
    named.value === null
      ? await db.$queryRaw`SELECT 1 FROM run_annotations WHERE jsonb_exists(labels, ${name}) LIMIT 1`
      : await db.$queryRaw`SELECT 1 FROM run_annotations WHERE labels @> ${JSON.stringify({ [name]: named.value })}::jsonb LIMIT 1`;
  if ((known as unknown[]).length > 0) return [];
  const names = await db.$queryRaw<{ key: string; value: string }[]>`
    SELECT DISTINCT key, value FROM (SELECT labels FROM run_annotations LIMIT 10000) AS n, jsonb_each_text(n.labels)`;
  const values = names.filter(({ key }) => key === name).map(({ value }) => value);
  const [written, choices, prefix] =
    values.length > 0 && named.value !== null
      ? [named.value, values, `${named.key}=`]
      : [name, [...new Set(names.map(({ key }) => key))], 'annotation.'];
  const near = nearest(written, choices).map((one) => `${prefix}${one}`);
  const list = choices.slice(0, 12).sort().join(', ');
  const remedy =
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : list === ''
        ? 'no run has one yet: xf annotate <runId> --label name=value'
        : `there are ${list}`;
  const what = named.value === null ? named.key : `${named.key}=${named.value}`;
  return [{ field, message: `no run has the annotation ${what}`, remedy }];
}

/** What is wrong with terms of runs: jobs, runs and annotations that there are none of. */
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
    if (annotationReached(key) !== null) faults.push(...(await annotationFault(db, one)));
  }
  return faults;
}

import { annotationReached, jobLabelReached } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { type FieldError, refusedAll } from '../problems/problem.js';
import { type Asked, askedIn } from './asked.js';
import { nearest } from './nearest.js';

/** Labels that people gave something, apart from those of hosts. */
interface Said {
  /** Rows with a column `labels`. */
  rows: Prisma.Sql;
  /** What stands before a label in a selector. */
  prefix: string;
  none: string;
  remedy: string;
}

const annotations: Said = {
  rows: Prisma.sql`run_annotations`,
  prefix: 'annotation.',
  none: 'no run has the annotation',
  remedy: 'no run has one yet: xf annotate <run> --label name=value',
};
const jobLabels: Said = {
  rows: Prisma.sql`jobs`,
  prefix: 'job.',
  none: 'no job has the label',
  remedy: 'no job has one yet: xf label <job> name=value, or xf submit --label name=value',
};

/** What is wrong with one of them: nothing has it. Of a value the label's other ones are told, else the labels that there are. */
async function unknown(db: PrismaClient, { field, named }: Asked, said: Said): Promise<FieldError[]> {
  const { rows, prefix, none, remedy } = said;
  const name = named.key.slice(prefix.length);
  const known =
    named.value === null
      ? await db.$queryRaw<object[]>`SELECT 1 FROM ${rows} WHERE jsonb_exists(labels, ${name}) LIMIT 1`
      : await db.$queryRaw<
          object[]
        >`SELECT 1 FROM ${rows} WHERE labels @> ${JSON.stringify({ [name]: named.value })}::jsonb LIMIT 1`;
  if (known.length > 0) return [];
  const names = await db.$queryRaw<{ key: string; value: string }[]>`
    SELECT DISTINCT key, value FROM (SELECT labels FROM ${rows} WHERE labels <> '{}' LIMIT 10000) AS n, jsonb_each_text(n.labels)`;
  const values = names.filter(({ key }) => key === name).map(({ value }) => value);
  const [written, choices, before] =
    values.length > 0 && named.value !== null
      ? [named.value, values, `${named.key}=`]
      : [name, [...new Set(names.map(({ key }) => key))], prefix];
  const near = nearest(written, choices).map((one) => `${before}${one}`);
  const list = [...choices].sort().slice(0, 12).join(', ');
  const what = named.value === null ? named.key : `${named.key}=${named.value}`;
  return [
    {
      field,
      message: `${none} ${what}`,
      remedy: near.length > 0 ? `did you mean ${near.join(' or ')}?` : list === '' ? remedy : `there are ${list}`,
    },
  ];
}

/** What is wrong with a term of runs that reaches an annotation or a label of the job; empty for any other term. */
export async function unknownSaid(db: PrismaClient, asked: Asked): Promise<FieldError[]> {
  if (annotationReached(asked.named.key) !== null) return unknown(db, asked, annotations);
  return jobLabelReached(asked.named.key) === null ? [] : unknown(db, asked, jobLabels);
}

/**
 * Checks that jobs have the labels of selectors of jobs, so that a typo is not answered by an empty list.
 *
 * @param selectors texts that parse, by the field that they came in
 * @throws ProblemError (422) naming each field and term, with the nearest names
 */
export async function checkJobLabels(db: PrismaClient, selectors: Readonly<Record<string, string>>): Promise<void> {
  const faults: FieldError[] = [];
  for (const one of askedIn(selectors)) faults.push(...(await unknown(db, one, { ...jobLabels, prefix: '' })));
  if (faults.length > 0) throw refusedAll(faults);
}

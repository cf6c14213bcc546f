import type { CompareQuery } from '#contracts';
import type { PrismaClient } from '#event-store';
import { refusedAll } from '../problems/problem.js';
import { type EmptySide, whyEmpty } from './empty-side.js';
import { replicatesOf } from './replicates.js';
import type { Side } from './side.js';

/** The control hosts' runs; null where none is asked for. */
export async function controlOf(db: PrismaClient, query: CompareQuery): Promise<Side | null> {
  return query.control === undefined ? null : replicatesOf(db, query.control, query);
}

/**
 * Both sides of a comparison, those without runs with the reason.
 *
 * @throws ProblemError (422) when one can't ever have any
 */
export async function sidesOf(
  db: PrismaClient,
  query: CompareQuery & { by?: readonly string[] },
): Promise<[a: Side, b: Side]> {
  const [a, b] = await Promise.all([replicatesOf(db, query.a, query), replicatesOf(db, query.b, query)]);
  const [emptyA, emptyB] = await Promise.all([
    a.runs.length === 0 ? whyEmpty(db, 'a', query) : null,
    b.runs.length === 0 ? whyEmpty(db, 'b', query) : null,
  ]);
  const never = [emptyA, emptyB].flatMap((empty) => (empty !== null && 'never' in empty ? [empty.never] : []));
  if (never.length > 0) throw refusedAll(never);
  const reasonOf = (empty: EmptySide | null) => (empty !== null && 'notYet' in empty ? { notYet: empty.notYet } : {});
  return [
    { ...a, ...reasonOf(emptyA) },
    { ...b, ...reasonOf(emptyB) },
  ];
}

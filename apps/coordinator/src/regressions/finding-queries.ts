import * as z from 'zod';
import {
  type FindingDetail,
  findingDetailSchema,
  findingStateSchema,
  findingStream,
  type Findings,
  findingsSchema,
  type FindingsQuery,
  type FindingView,
  isEventOf,
  uuidSchema,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { decodeCursor, encodeCursor, toPage } from '../http/cursor.js';
import { notFound } from '../problems/problem.js';
import { viewFolded } from '../view-folded.js';
import { historyOf } from './finding-history.js';
import { levelsOf } from './finding-levels.js';
import { questionsOf } from './finding-questions.js';
import { viewAfter } from './finding-view.js';
import { pooledFields } from './judge-fresh-runs.js';

const daySchema = z.iso.date();

/** All that a query asks for, but for the state. */
function chosen({ host, generation, since, ending }: FindingsQuery): Prisma.Sql {
  const from = since === undefined ? null : new Date(since).toISOString().slice(0, 10);
  return Prisma.sql`(${host ?? null}::text IS NULL OR ${host ?? null}::text = ANY(hosts))
    AND (${generation ?? null}::text IS NULL OR ${generation ?? null}::text = ANY(generations))
    AND (${from}::date IS NULL OR to_day >= ${from}::date)
    AND (${ending ?? null}::text IS NULL OR finding_id::text LIKE '%' || ${ending ?? null}::text)`;
}

async function countsOf(db: PrismaClient, query: FindingsQuery): Promise<Findings['counts']> {
  const rows = await db.$queryRaw<{ state: string; count: number }[]>`
    SELECT state, count(*)::integer AS count FROM findings WHERE ${chosen(query)} GROUP BY state`;
  const none = findingStateSchema.options.map((state) => [state, 0] as const);
  return Object.fromEntries([...none, ...rows.map(({ state, count }) => [state, count])]) as Findings['counts'];
}

/** The newest change first. */
export async function listFindings(db: PrismaClient, query: FindingsQuery): Promise<Findings> {
  const [day, id] =
    query.cursor === undefined ? [null, null] : decodeCursor('regressions', [daySchema, uuidSchema], query.cursor);
  const rows = await db.$queryRaw<{ id: string; toDay: string; view: FindingView }[]>`
    SELECT finding_id AS id, to_day::text AS "toDay", view FROM findings
     WHERE ${chosen(query)} AND state = ANY(${[...query.state]}::text[])
       AND (${id}::uuid IS NULL OR (to_day, finding_id) < (${day}::date, ${id}::uuid))
     ORDER BY to_day DESC, finding_id DESC LIMIT ${query.limit + 1}`;
  const page = toPage(
    rows,
    query.limit,
    ({ view }) => view,
    (last) => encodeCursor('regressions', [last.toDay, last.id]),
  );
  return findingsSchema.parse({ ...page, counts: await countsOf(db, query) });
}

/**
 * A finding with its history, from its own stream: a page that has just acknowledged it reads that; with its hosts' levels, from the read model.
 *
 * @throws ProblemError (404)
 */
export async function findFinding(db: PrismaClient, findingId: string): Promise<FindingDetail> {
  const told = await viewFolded(
    db,
    findingStream(findingId),
    (events): Pick<FindingDetail, 'history' | keyof FindingView> | null => {
      const own = events.flatMap((event) => (isEventOf('finding', event) ? [event] : []));
      const view = own.reduce<FindingView | null>(viewAfter, null);
      return view === null ? null : { ...view, history: own.map(historyOf) };
    },
  );
  if (told === null) throw notFound('finding', findingId, 'GET /v1/regressions?state=all lists the findings');
  const [pool, levels] = await Promise.all([pooledFields(db, told), levelsOf(db, told)]);
  return findingDetailSchema.parse({ ...told, ...questionsOf(told, pool), levels });
}

import * as z from 'zod';
import { type Page, type RetriedStream, type SetAsideStream, setAsideStreamSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { decodeCursor, encodeCursor, toPage } from '../http/cursor.js';
import { notFound } from '../problems/problem.js';
import { retryStream } from '../projections/retry-stream.js';

function viewOf(row: Omit<SetAsideStream, 'since'> & { since: Date }): SetAsideStream {
  return setAsideStreamSchema.parse({ ...row, since: row.since.toISOString() });
}

export async function listSetAside(
  db: PrismaClient,
  query: { limit: number; cursor?: string | undefined },
): Promise<Page<SetAsideStream>> {
  const [after] =
    query.cursor === undefined ? [undefined] : decodeCursor('set-aside-streams', [z.string().max(100)], query.cursor);
  const rows = await db.setAsideStream.findMany({
    ...(after === undefined ? {} : { where: { stream: { gt: after } } }),
    orderBy: { stream: 'asc' },
    take: query.limit + 1,
  });
  return toPage(rows, query.limit, viewOf, (last) => encodeCursor('set-aside-streams', [last.stream]));
}

/** @throws ProblemError (404) */
export async function retrySetAside(db: PrismaClient, stream: string): Promise<RetriedStream> {
  const retried = await retryStream(db, stream);
  if (retried === undefined) {
    throw notFound('set-aside stream', stream, 'GET /v1/set-aside-streams lists the streams that are set aside');
  }
  const row = await db.setAsideStream.findUnique({ where: { stream } });
  return { ...retried, setAside: row === null ? null : viewOf(row) };
}

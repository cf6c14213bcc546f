import * as z from 'zod';
import { Prisma } from '#event-store';

/**
 * Timestamps in cursors: microseconds since 1970 as decimal text, which keeps PostgreSQL's precision where Date cuts it
 * to milliseconds and a page would repeat or skip rows.
 */
export const microsecondsSchema = z.string().regex(/^\d{1,17}$/);

export function microsecondsOf(column: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(extract(epoch FROM ${column}) * 1000000)::bigint::text`;
}

export function timeOf(microseconds: string | null): Prisma.Sql {
  return Prisma.sql`('epoch'::timestamptz + ${microseconds}::text::bigint * interval '1 microsecond')`;
}

import * as z from 'zod';
import { limits } from '../limits.js';

/** Items of a page that nobody asked for more of. */
export const defaultPageSize = 50;

/** Query of every listing. `cursor` is what the page before returned as `nextCursor`. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(limits.pageSize).default(defaultPageSize),
  cursor: z.string().max(2_000).optional(),
});

/** A page of items; `nextCursor` is null on the last one. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

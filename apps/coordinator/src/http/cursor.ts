import * as z from 'zod';
import { invalidInput } from '../problems/problem.js';

/**
 * Cursors are opaque to clients: base64url of a JSON list, the first of which names the listing, so that a cursor
 * of another listing is refused instead of giving a page from nowhere.
 */
export function encodeCursor(listing: string, place: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify([listing, ...place])).toString('base64url');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** @throws ProblemError (400) when the cursor is not one that this listing gave out. */
export function decodeCursor<T extends readonly z.ZodType[]>(
  listing: string,
  place: readonly [...T],
  cursor: string,
): { [K in keyof T]: z.infer<T[K]> } {
  const schema = z.tuple([z.literal(listing), ...place]);
  const result = schema.safeParse(parsed(cursor));
  if (!result.success) {
    throw invalidInput([
      {
        field: 'cursor',
        message: `is not a cursor of ${listing}`,
        remedy: 'give nextCursor of the page before unchanged, or leave cursor out to start at the first page',
      },
    ]);
  }
  return result.data.slice(1) as { [K in keyof T]: z.infer<T[K]> };
}

/** Cuts what was read with one row too many into a page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  cursor: (last: Row) => string,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(item), nextCursor: rows.length > limit && last !== undefined ? cursor(last) : null };
}

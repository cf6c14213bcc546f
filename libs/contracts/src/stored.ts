import * as z from 'zod';

/**
 * Text as PostgreSQL can hold it, in text and in jsonb: no U+0000 and no half of a surrogate pair
 * (https://www.postgresql.org/docs/18/datatype-json.html#JSON-TYPE). Lengths in UTF-16 units.
 */
export function textSchema(from: number, to: number) {
  return z
    .string()
    .min(from)
    .max(to)
    .regex(/^[^\u0000\p{Cs}]*$/u, 'must not hold U+0000 or half of a surrogate pair; leave them out');
}

/** One fact in few words, as of a CPU or a kernel. Well below 2,704 bytes, the longest that a B-tree index can hold. */
export const shortTextSchema = textSchema(0, 200);
/** A line of a file, for example a kernel's command line (4,096 bytes at most). */
export const longTextSchema = textSchema(0, 10_000);

/** A count that stands in a column of type integer. */
export const int32Schema = z.int().min(0).max(0x7fff_ffff);

import * as z from 'zod';
import { textSchema } from '#contracts';
import { Prisma } from '#event-store';
import { microsecondsOf, timeOf } from '../database/microseconds.js';
import { decodeCursor, encodeCursor } from './cursor.js';

/** What a listing can be sorted by: an expression that is never NULL, so that a place in the order can be named. */
export interface Order {
  by: Prisma.Sql;
  as: 'text' | 'number' | 'time';
}

export type Direction<Name extends string> = Name | `-${Name}`;

/** `sort` of a listing: one of its orders, with `-` in front for the other way round. */
export function sortSchema<const Name extends string>(names: readonly Name[], usual: Direction<Name>) {
  const directions = names.flatMap((name): Direction<Name>[] => [name, `-${name}`]);
  return z
    .enum(directions as [Direction<Name>, ...Direction<Name>[]])
    .optional()
    .describe(`what it is sorted by, with - in front the other way round; ${usual} where it is left out`);
}

/** `q` of a listing: a text that stands anywhere in what is searched, in upper or lower case. */
export const searchSchema = (what: string) =>
  textSchema(1, 100).optional().describe(`only those with this text in ${what}; case does not count`);

/** Whether a text is found in a column. No pattern: `%` and `_` are looked for as they are. */
export const contains = (column: Prisma.Sql, text: string): Prisma.Sql =>
  Prisma.sql`strpos(lower(${column}), lower(${text}::text)) > 0`;

const written = {
  text: (by: Prisma.Sql) => Prisma.sql`(${by})::text`,
  number: (by: Prisma.Sql) => Prisma.sql`(${by})::float8::text`,
  time: microsecondsOf,
} as const;
const read = {
  text: (place: string) => Prisma.sql`${place}::text`,
  number: (place: string) => Prisma.sql`${place}::text::float8`,
  time: timeOf,
} as const;
const placeSchema = {
  text: textSchema(0, 500),
  number: z.string().regex(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/),
  time: z.string().regex(/^-?\d{1,17}$/),
} as const;

export interface Ordered {
  /** The column in which a row says its place. */
  place: Prisma.Sql;
  /** What is behind the cursor; all, without one. */
  after: Prisma.Sql;
  orderBy: Prisma.Sql;
  /** The cursor of what follows a row. */
  cursorOf: (place: string, id: string) => string;
}

/**
 * A listing in one of its orders, page by page. Rows that are alike in it stand in the order of their ids.
 *
 * @param id the rows' id, a column of text or a uuid
 * @throws ProblemError (400) for a cursor of another listing or order
 */
export function ordered<Name extends string>(
  listing: string,
  orders: Readonly<Record<Name, Order>>,
  sort: Direction<Name>,
  id: { column: Prisma.Sql; schema: z.ZodType<string>; type: 'text' | 'uuid' },
  cursor: string | undefined,
): Ordered {
  const down = sort.startsWith('-');
  const { by, as } = orders[(down ? sort.slice(1) : sort) as Name];
  const name = `${listing} by ${sort}`;
  const [place, lastId] =
    cursor === undefined ? [null, null] : decodeCursor(name, [placeSchema[as], id.schema], cursor);
  const direction = down ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const behind = down ? Prisma.sql`<` : Prisma.sql`>`;
  const idOf = Prisma.raw(id.type);
  return {
    place: written[as](by),
    after:
      place === null || lastId === null
        ? Prisma.sql`true`
        : Prisma.sql`(${by}, ${id.column}) ${behind} (${read[as](place)}, ${lastId}::text::${idOf})`,
    orderBy: Prisma.sql`${by} ${direction}, ${id.column} ${direction}`,
    cursorOf: (at, ofId) => encodeCursor(name, [at, ofId]),
  };
}

import * as z from 'zod';

/** One of a table's names; anything else is refused with the names that there are. */
export function nameSchema<const T extends readonly string[]>(what: string, names: T) {
  return z.enum(names, {
    error: ({ input }) =>
      typeof input === 'string'
        ? `there is no ${what} "${input.slice(0, 64)}"; there are ${names.join(', ')}`
        : `must name a ${what}: ${names.join(', ')}`,
  });
}

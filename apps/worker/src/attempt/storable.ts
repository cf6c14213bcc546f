/**
 * A value with every text as events can hold it (#contracts, stored.ts): U+0000 and halves of surrogate pairs, as a
 * program's output or a text cut in the middle has them, become U+FFFD. Names of fields stay.
 */
export function storable<T>(value: T): T {
  if (typeof value === 'string') return value.replace(/[\u0000\p{Cs}]/gu, '\uFFFD') as T;
  if (Array.isArray(value)) return value.map(storable) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, storable(inner as unknown)])) as T;
}

const collator = new Intl.Collator('en', { numeric: true });

/** As people count: r1, r2, r10. */
export const inNaturalOrder = (a: string, b: string): number => collator.compare(a, b);

/** Rows that have values of the same names, by these in natural order; what lacks a value comes first, equal ones stay as they are. */
export function byValuesInNaturalOrder(a: readonly (string | null)[], b: readonly (string | null)[]): number {
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? null;
    if (value === other) continue;
    if (value === null || other === null) return value === null ? -1 : 1;
    const order = inNaturalOrder(value, other);
    if (order !== 0) return order;
  }
  return 0;
}

/** The largest whole number that divides both; 0 divides by anything. */
export const commonStep = (x: number, y: number): number => (y === 0 ? x : commonStep(y, x % y));

/**
 * Step of the clock that read these values, in their unit: the largest number that divides all of them. With few distinct values it
 * comes out too large, never too small; 0 for none but zeros.
 */
export function clockStep(values: ArrayLike<number>): number {
  let step = 0;
  let last = 0;
  for (let i = 0; i < values.length && step !== 1; i++) {
    const value = values[i]!;
    // Sorted values are the quickest: each counts once.
    if (value !== last) step = commonStep(step, value);
    last = value;
  }
  return step;
}

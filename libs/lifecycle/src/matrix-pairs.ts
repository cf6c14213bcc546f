import { guestsOf, matrixDimensions, type Guest, type Matrix, type MatrixDimension } from '#contracts';

/** Two cells that differ in one dimension only; `a` has the dimension's first value. */
export interface MatrixPair {
  dimension: MatrixDimension;
  a: Guest;
  b: Guest;
}

/**
 * What a matrix lets one compare: in each dimension every other value with the first one, all else held fixed. So
 * 2 series × KPTI on and off give four: the series with KPTI on and with it off, KPTI on each series.
 */
export function matrixPairs(matrix: Matrix): MatrixPair[] {
  const cells = guestsOf(matrix);
  return matrixDimensions.flatMap((dimension) => {
    const values: readonly Guest[MatrixDimension][] = matrix[dimension] ?? [];
    return cells
      .filter((cell) => cell[dimension] === values[0])
      .flatMap((a) => values.slice(1).map((value) => ({ dimension, a, b: { ...a, [dimension]: value } })));
  });
}

/** A side: for each host the medians of its runs, all in one unit, positive. */
export type RunsByHost = ReadonlyMap<string, readonly number[]>;

/** A ratio b / a with its interval, and the degrees of freedom that the width rests on. */
export interface RatioEstimate {
  ratio: number;
  low: number;
  high: number;
  degrees: number;
}

/**
 * Logarithms of run medians: a cost's effects multiply, so they add in logarithms, and a mean of logarithms weighs +10 % and
 * −9 % alike.
 *
 * @throws RangeError when one is not a positive, finite number
 */
export function logs(medians: readonly number[]): number[] {
  return medians.map((median) => {
    if (!(median > 0 && median < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`a run's median must be a positive number, not ${median}`);
    }
    return Math.log(median);
  });
}

/** Back from the difference of two logarithms to a ratio. */
export function ratioOf({
  value,
  low,
  high,
  degrees,
}: {
  value: number;
  low: number;
  high: number;
  degrees: number;
}): RatioEstimate {
  return { ratio: Math.exp(value), low: Math.exp(low), high: Math.exp(high), degrees };
}

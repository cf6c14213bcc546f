/** How cases lie about their median: enough to take the grouped median of them later, at whatever step their clock proves to have. */
export interface MedianTally {
  /** The plain median. */
  median: number;
  count: number;
  /** Cases below it, and cases of its very value; none where it lies between two values. */
  below: number;
  at: number;
}

/** Counts the cases about their median, which the caller knows already. */
export function tallyOf(values: ArrayLike<number>, median: number): MedianTally {
  let [below, at] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (value < median) below += 1;
    else if (value === median) at += 1;
  }
  return { median, count: values.length, below, at };
}

/** How many of the values are below a limit. */
function countBelow(sorted: ArrayLike<number>, limit: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < limit) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The same of whole numbers that are sorted, in the time of two searches. */
export function tallyOfSorted(sorted: ArrayLike<number>, median: number): MedianTally {
  const below = countBelow(sorted, median);
  const at = Number.isInteger(median) ? countBelow(sorted, median + 1) - below : 0;
  return { median, count: sorted.length, below, at };
}

/**
 * Median of values that a clock of coarse step has rounded, as statisticians take it of grouped data (Yule 1911): each value
 * stands for an interval of one step around it, over which its cases are spread evenly. So the result moves within the step as
 * cases move from one value to the next, where the plain median jumps a whole step.
 *
 * With c of n cases below the median x and f at it: x − step/2 + step (n/2 − c) / f. A median between two values stays where it
 * is: half of the cases lie on either side.
 *
 * @param step distance of two neighbouring values of the clock, in the values' unit; 0 gives the plain median
 * @throws RangeError when there are no values or the step is negative
 */
export function groupedMedian({ median, count, below, at }: MedianTally, step: number): number {
  if (count === 0) throw new RangeError('there are no values to take a median of');
  if (!(step >= 0)) throw new RangeError(`a step can not be ${step}`);
  return at === 0 ? median : median - step / 2 + (step * (count / 2 - below)) / at;
}

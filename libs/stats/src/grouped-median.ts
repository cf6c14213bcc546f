/**
 * Median of values that a clock of coarse step has rounded, as statisticians take it of grouped data: each value stands for
 * an interval of one step around it, over which its cases are spread evenly. So the result moves within the step as cases move
 * from one value to the next, where the plain median jumps a whole step.
 *
 * With the values below the middle one making up c of n cases and the middle value x making up f:
 * x − step/2 + step (n/2 − c) / f.
 *
 * @param sorted ascending, not empty
 * @param step distance of two neighbouring values of the clock, in the values' unit; 0 gives the plain median
 * @throws RangeError when there are no values or the step is negative
 */
export function groupedMedian(sorted: ArrayLike<number>, step: number): number {
  const n = sorted.length;
  if (n === 0) throw new RangeError('there are no values to take a median of');
  if (!(step >= 0)) throw new RangeError(`a step can not be ${step}`);
  const lower = sorted[Math.floor((n - 1) / 2)] ?? Number.NaN;
  const upper = sorted[Math.ceil((n - 1) / 2)] ?? Number.NaN;
  // Half of the cases lie below, half above: anywhere between the two is a median.
  if (step === 0 || lower !== upper) return (lower + upper) / 2;
  const from = firstWhere(sorted, (value) => value >= lower);
  const after = firstWhere(sorted, (value) => value > lower);
  return lower - step / 2 + (step * (n / 2 - from)) / (after - from);
}

/** Index of the first value for which `holds`, by halving; the length when there is none. */
function firstWhere(sorted: ArrayLike<number>, holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(sorted[middle] ?? Number.NaN)) high = middle;
    else low = middle + 1;
  }
  return low;
}

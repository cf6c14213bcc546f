/** p-values of several tests, adjusted for their number, in the order given. */
type Adjust = (pValues: readonly number[]) => number[];

/** Holm (1979): keeps the chance of *any* false alarm among them below the level. */
export const holm: Adjust = (pValues) => {
  const n = pValues.length;
  let largest = 0;
  return inOrder(pValues, (p, rank) => {
    largest = Math.max(largest, Math.min(1, p * (n - rank)));
    return largest;
  });
};

/** Benjamini and Hochberg (1995): keeps the expected *share* of false alarms among those reported below the level. */
export const benjaminiHochberg: Adjust = (pValues) => {
  const n = pValues.length;
  let smallest = 1;
  // From the largest down: in ascending order of −p, the one of rank r is the (n − r)-th smallest p.
  const negatives = pValues.map((p) => -p);
  return inOrder(negatives, (negative, rank) => {
    smallest = Math.min(smallest, (-negative * n) / (n - rank));
    return smallest;
  });
};

/** Calls `adjust` for each value in ascending order, with its rank from 0; gives the results in the values' own order. */
function inOrder(values: readonly number[], adjust: (value: number, rank: number) => number): number[] {
  if (!values.every(Number.isFinite)) throw new RangeError('every p-value must be a finite number');
  const results = Array<number>(values.length).fill(0);
  values
    .map((value, index) => ({ value, index }))
    .sort((x, y) => x.value - y.value)
    .forEach(({ value, index }, rank) => (results[index] = adjust(value, rank)));
  return results;
}

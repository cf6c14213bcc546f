/** Values below this are counted instead of compared: nearly all crossings. The table is 64 kB. */
const counted = 16_384;
/** Of fewer values a table costs more than their sort. */
const fewest = 256;
const table = new Uint32Array(counted);

/**
 * A sorted copy of values that are 0 or more: those of a run lie close together, and a table of how often each occurs puts 10,000 in order
 * in the time of a few passes, ten times faster than a sort.
 */
export function sortedCopy(values: Int32Array): Int32Array {
  if (values.length < fewest) return values.slice().sort();
  const sorted = new Int32Array(values.length);
  // Those beyond the table are put at the end and sorted as usual.
  let from = values.length;
  let [low, high] = [counted, -1];
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    if (value < 0 || value >= counted) {
      if (value < 0) {
        table.fill(0);
        return values.slice().sort();
      }
      sorted[--from] = value;
      continue;
    }
    table[value]! += 1;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  let at = 0;
  for (let value = low; value <= high; value += 1) {
    const times = table[value]!;
    if (times === 0) continue;
    sorted.fill(value, at, at + times);
    at += times;
    table[value] = 0;
  }
  sorted.subarray(from).sort();
  return sorted;
}

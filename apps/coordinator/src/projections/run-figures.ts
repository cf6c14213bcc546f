import type { Metric } from '#contracts';
import type { SampleColumns } from '#samples';
import {
  clockStep,
  LogHistogram,
  type MedianTally,
  sortedCopy,
  summarizeSorted,
  type Summary,
  tallyOfSorted,
} from '#stats';

/** One metric of one run. Cycles are TSC cycles. */
export interface RunFigures {
  metric: Metric;
  summary: Summary;
  /** Samples without a valid value in this metric. */
  invalid: number;
  interrupted: number;
  histogram: LogHistogram;
  /** What the grouped median needs: step of the TSC in cycles as these samples show it, and how they lie about their median. */
  stepCycles: number;
  tally: MedianTally;
}

/** The valid values of all batches, sorted; -1 marks what is missing. */
function sortedValues(columns: readonly Int32Array[]): Int32Array {
  const values = new Int32Array(columns.reduce((sum, column) => sum + column.length, 0));
  let count = 0;
  for (const column of columns)
    for (let i = 0; i < column.length; i += 1) if (column[i]! >= 0) values[count++] = column[i]!;
  return sortedCopy(values.subarray(0, count));
}

function countInterrupted(batches: readonly SampleColumns[]): number {
  let count = 0;
  for (const { interrupted } of batches) for (let i = 0; i < interrupted.length; i += 1) count += interrupted[i]!;
  return count;
}

/**
 * The figures of a run from its sample batches: exact quantiles and a histogram for each metric. Interrupted samples
 * count like any other; how many there were is counted. A metric without a valid sample has no figures.
 */
export function runFigures(batches: readonly SampleColumns[]): RunFigures[] {
  const metrics = new Set(batches.flatMap((batch) => Object.keys(batch.columns) as Metric[]));
  const interrupted = countInterrupted(batches);
  return [...metrics].sort().flatMap((metric) => {
    const columns = batches.flatMap((batch) => batch.columns[metric] ?? []);
    const values = sortedValues(columns);
    const summary = summarizeSorted(values);
    if (summary === null) return [];
    const invalid = columns.reduce((sum, column) => sum + column.length, 0) - values.length;
    const clock = { stepCycles: clockStep(values), tally: tallyOfSorted(values, summary.p50) };
    return [{ metric, summary, invalid, interrupted, histogram: LogHistogram.of(values), ...clock }];
  });
}

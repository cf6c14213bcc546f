import type { Metric } from '#contracts';
import type { SampleColumns } from '#samples';
import { quantileOfSorted } from '#stats';

/** Stretches of a run at most: a panel is some hundred pixels wide, and each costs 8 bytes a metric and run. */
const mostStretches = 50;
/** Faults of a stretch at least: of fewer, a median is mostly noise. */
const leastFaults = 32;

/** One metric over a run, by the numbers of its faults. Cycles are TSC cycles; null where a stretch has no valid sample. */
export interface RunCourse {
  metric: Metric;
  /** The last stretch may be shorter. */
  faultsAStretch: number;
  medians: (number | null)[];
  p95s: (number | null)[];
}

/** The valid values of each stretch, sorted. */
function valuesByStretch(batches: readonly SampleColumns[], metric: Metric, width: number, count: number) {
  const values = Array.from({ length: count }, () => new Int32Array(width));
  const counts = new Int32Array(count);
  for (const { seq, columns } of batches) {
    const column = columns[metric];
    if (column === undefined) continue;
    for (let i = 0; i < seq.length; i += 1) {
      const at = Math.floor(seq[i]! / width);
      if (column[i]! >= 0) values[at]![counts[at]!++] = column[i]!;
    }
  }
  return values.map((stretch, at) => stretch.subarray(0, counts[at]).sort());
}

/** How a run went on: median and p95 of equal stretches of its faults, so that what was lost is a gap. */
export function runCourse(batches: readonly SampleColumns[], faults: number): RunCourse[] {
  const faultsAStretch = Math.max(leastFaults, Math.ceil(faults / mostStretches));
  const metrics = new Set(batches.flatMap(({ columns }) => Object.keys(columns) as Metric[]));
  return [...metrics].sort().map((metric) => {
    const stretches = valuesByStretch(batches, metric, faultsAStretch, Math.ceil(faults / faultsAStretch));
    const at = (share: number) =>
      stretches.map((sorted) => (sorted.length === 0 ? null : quantileOfSorted(sorted, share)));
    return { metric, faultsAStretch, medians: at(0.5), p95s: at(0.95) };
  });
}

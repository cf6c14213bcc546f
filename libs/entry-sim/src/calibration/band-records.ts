import { checkedOnKpti, type Lineage, lineages } from '../costs/lineage.js';
import { type CalibrationRow, calibrationReport } from './report.js';
import type { Grade } from './simulated-figures.js';

/** How a band did on published figures that the model knows nothing of. */
export interface BandRecord {
  grade: Grade;
  what: string;
  /** Half-width as a share. */
  band: number;
  /** Check figures of this grade, and how many of them lie within their bands. */
  figures: number;
  held: number;
  /** The widest miss as a share of what the model gives; null without a figure. */
  widestMiss: number | null;
  /**
   * How many lie within a band that is made of the others alone, as this one is made of all: what to expect of the next
   * figure. Null with fewer than two.
   */
  heldByOthers: number | null;
}

/** Half-width of a band that these misses would make: the widest, in steps of 5 %. */
export const bandFrom = (misses: readonly number[]): number => Math.ceil(Math.max(...misses) * 20 - 1e-9) / 20;

export const missOf = ({ value, simulated }: CalibrationRow): number =>
  simulated === null ? 0 : Math.abs(value - simulated) / simulated;

const grades: readonly { grade: Grade; what: string; band: number }[] = [
  ...(Object.keys(lineages) as Lineage[]).map((grade) => ({
    ...{ grade, what: lineages[grade].name, band: lineages[grade].accuracy },
  })),
  { grade: 'kpti', what: 'what KPTI adds', band: checkedOnKpti },
  { grade: 'vm-exit', what: 'a VM exit', band: 0.5 },
];

/** Of each grade, how often its band held. */
export function bandRecords(rows: readonly CalibrationRow[] = calibrationReport()): BandRecord[] {
  return grades.map(({ grade, what, band }) => {
    const checks = rows.filter((row) => row.grade === grade);
    const misses = checks.map(missOf);
    const heldByOthers = misses.filter((miss, at) => miss <= bandFrom(misses.filter((_, other) => other !== at)));
    return {
      ...{ grade, what, band, figures: checks.length },
      held: checks.filter(({ within }) => within === true).length,
      widestMiss: checks.length === 0 ? null : Math.max(...misses),
      heldByOthers: checks.length < 2 ? null : heldByOthers.length,
    };
  });
}

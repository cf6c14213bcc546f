import type { Comparison, ComparisonCells, FieldDifference } from '#contracts';

/** A field of the boot states on both sides, with the runs of each value, the most frequent first. */
export type BootField = Pick<FieldDifference, 'field' | 'a' | 'b'>;

/** What stands in a report of a comparison. */
export interface Report {
  /** Both selectors. */
  asked: { a: string; b: string };
  answer: Comparison | ComparisonCells;
  boots: readonly BootField[];
  /** ISO. */
  madeAt: string;
  /** The coordinator's address, to which links lead. */
  coordinator: string;
  release: string;
}

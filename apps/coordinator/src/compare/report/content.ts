import type { Comparison, ComparisonCells, FieldDifference, FindingDetail } from '#contracts';

/** A field of the boot states on both sides, with the runs of each value, the most frequent first. */
export type BootField = Pick<FieldDifference, 'field' | 'a' | 'b'>;

interface Origin {
  /** ISO. */
  madeAt: string;
  /** The coordinator's address, to which links lead. */
  coordinator: string;
  release: string;
}

/** What stands in a report of a comparison. */
export interface ComparisonReport extends Origin {
  /** Both selectors. */
  asked: { a: string; b: string };
  answer: Comparison | ComparisonCells;
  boots: readonly BootField[];
}

/** What stands in a report of a finding. */
export interface FindingReport extends Origin {
  finding: FindingDetail;
  /** Its fresh runs against those before the change, or why there is no such comparison. */
  fresh: { answer: Comparison; boots: readonly BootField[] } | { reason: string };
}

export type Report = ComparisonReport | FindingReport;

/** A report but for when, where and by which release it was made. */
export type ReportSubject = Omit<ComparisonReport, keyof Origin> | Omit<FindingReport, keyof Origin>;

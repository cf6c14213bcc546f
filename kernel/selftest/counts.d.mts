import type { CrossingTrace } from '#entry-sim';

interface Range {
  readonly min: number;
  readonly max: number;
}
export interface CountedCase {
  readonly u2k: Range | null;
  readonly k2u: Range | null;
  readonly expected: { u2k: number; k2u: number; u2kPath: string[]; k2uPath: string[] };
}
export const COUNTED_CASES: Readonly<Record<string, 'registers' | 'stack-slots'>>;
export function disagreements(measured: CountedCase, trace: Pick<CrossingTrace, 'instructions' | 'steps'>): string[];

import type { LoggedRun } from './port-text.mjs';

interface Range {
  readonly min: number;
  readonly max: number;
}
export function summarize(run: LoggedRun): {
  samples: number;
  flagged: number;
  rejected: number | null;
  u2k: Range | null;
  k2u: Range | null;
};
export function runComplaints(name: string, run: LoggedRun | undefined, faults: number): string[];
export function exactness(
  name: string,
  run: LoggedRun,
  expected: { u2k: number; k2u: number },
): { mismatched: number; complaints: string[] };
export function settlingComplaints(
  name: string,
  run: LoggedRun,
  warmup: number,
  faults: number,
  hookAfter: readonly string[],
): string[];
export function accountLosses(
  name: string,
  run: LoggedRun | undefined,
  faults: number,
  lostRecords: number,
): { received: number; lost: number; rejected?: number; complaints: string[] };

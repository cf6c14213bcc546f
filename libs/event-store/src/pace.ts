/** How closely passes may follow each other where none has more than it can take. */
export interface Pace {
  /** From the end of a pass to the beginning of the next at least so long, so that few events need not have passes of their own. */
  paceMs?: number;
  /**
   * And at least so many times as long as the pass took, up to `longestRestMs`: for what is computed from more than the news, so that
   * its share of the machine grows less than with the fleet.
   */
  restsPerPass?: number;
}

/** A backlog that took minutes to fold is no reason to wait as long for what comes next. */
export const longestRestMs = 10_000;

/** @param tookMs how long the latest pass took */
export function restMs({ paceMs = 0, restsPerPass = 0 }: Pace, tookMs: number): number {
  return Math.max(paceMs, Math.min(restsPerPass * tookMs, longestRestMs));
}

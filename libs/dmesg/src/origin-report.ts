/** Means that the origin's own user program printed (lastweek/linux-xperf-4.19.44, xperf/xperf.c). TSC cycles. */
export interface OriginReport {
  /** Faults that the means are over. */
  faults: number;
  meanU2kCycles: number;
  meanK2uCycles: number;
  /** Character range of the report in the text. */
  from: number;
  to: number;
}

const report =
  /XPERF REPORT \(Average of #(\d+) run\)\s*\n\s*\[User to Kernel \(u2k\)\]\s+(\d+) \(cycles\)\s*\n\s*\[Kernel to User \(k2u\)\]\s+(\d+) \(cycles\)/g;

/**
 * The reports of the origin's program in a text. They hold means only, without checksum: they are shown beside our
 * samples, never among them.
 */
export function readOriginReports(text: string): OriginReport[] {
  return [...text.matchAll(report)].map((found) => ({
    faults: Number(found[1]),
    meanU2kCycles: Number(found[2]),
    meanK2uCycles: Number(found[3]),
    from: found.index,
    to: found.index + found[0].length,
  }));
}

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

export interface OriginReportReader {
  /** Takes the next bytes of the log, cut anywhere; gives the reports that are complete, with ranges in the whole log. */
  push(chunk: Uint8Array): OriginReport[];
}

const firstWords = 'XPERF REPORT';
/** Characters kept for a report that a chunk cuts; one with numbers of 20 digits has 200. */
const longestReport = 512;

/** Reads the same reports from a log that comes in chunks, in constant memory. */
export function createOriginReportReader(): OriginReportReader {
  let kept = '';
  let base = 0;
  return {
    push(chunk) {
      // In latin1 a character is a byte.
      const text = kept + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
      const found = text.includes(firstWords) ? readOriginReports(text) : [];
      const reports = found.map((one) => ({ ...one, from: base + one.from, to: base + one.to }));
      const keepFrom = Math.max(0, found.at(-1)?.to ?? 0, text.length - longestReport);
      kept = text.slice(keepFrom);
      base += keepFrom;
      return reports;
    },
  };
}

import { dataAt, needleText, why, word } from './memory.js';
import type { Scan } from './shared-scan.js';

const newline = 0x0a;

/** The scan without vectors: ends at every line whose head is of interest, and at every mark. */
export function plainScan(memory: ArrayBuffer): Scan {
  const words = new Int32Array(memory, 0, dataAt >> 2);
  const data = Buffer.from(memory, dataAt);
  const end = (at: number, reason: number): number => {
    words[word.why >> 2] = reason;
    return at;
  };

  return (from, to) => {
    const follow = words[word.follow >> 2] === 1;
    words[word.passed >> 2] = 0;
    words[word.samples >> 2] = 0;
    for (let at = from; at < to;) {
      if (follow && words[word.lineStart >> 2] === 1) {
        words[word.lineStart >> 2] = 0;
        return end(at, why.line);
      }
      const bytes = data.subarray(0, to + needleText.length);
      const line = follow ? bytes.indexOf(newline, at) : -1;
      const lineEnd = line < 0 || line > to ? to : line;
      const mark = bytes.subarray(0, lineEnd + needleText.length).indexOf(needleText, at);
      if (mark >= 0 && mark < lineEnd) return end(mark, why.mark);
      if (lineEnd === to) return end(to, why.end);
      words[word.lineStart >> 2] = 1;
      at = lineEnd + 1;
    }
    return end(from > to ? from : to, why.end);
  };
}

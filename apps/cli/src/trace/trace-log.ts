import type { Metric, Probe } from '#contracts';
import { createLogReader, type RawRange, type SamplesItem } from '#dmesg';
import type { Summary } from '#stats';

/** Figures that a sample may have given; a mean is of all of them. */
export const tracedFigures = [
  'min',
  'p5',
  'p25',
  'p50',
  'p75',
  'p95',
  'p99',
  'max',
] as const satisfies readonly (keyof Summary)[];
export type TracedFigure = (typeof tracedFigures)[number];

/** Where the log shows a sample. */
export interface TracedSample {
  seq: number;
  cycles: number;
  /** Bytes `[rawFrom, rawTo)` of the run's log. */
  line: RawRange & { text: string };
}

export interface RunLog {
  bytes: Uint8Array;
  nonce: string;
  probe: Probe;
}

interface Found {
  item: SamplesItem;
  seq: number;
  cycles: number;
}

const newline = 10;

/** The samples of a run's log as they stand in it. */
export function samplesOf({ bytes, nonce, probe }: RunLog): SamplesItem[] {
  const reader = createLogReader({ nonce, probe });
  return [...reader.push(bytes), ...reader.end()].filter((item) => item.kind === 'samples');
}

/** Each line of the range, the first from its beginning: a range may begin at the mark in it. */
function* linesOf(bytes: Uint8Array, { rawFrom, rawTo }: RawRange): Generator<RawRange> {
  const begins = rawFrom === 0 ? 0 : bytes.lastIndexOf(newline, rawFrom - 1) + 1;
  for (let from = begins; from < rawTo;) {
    const end = bytes.indexOf(newline, from);
    const to = end === -1 ? rawTo : end + 1;
    yield { rawFrom: from, rawTo: to };
    from = to;
  }
}

/** The line of the log that the parser, given no other, reads this sample from. */
function lineOf({ bytes, nonce, probe }: RunLog, { item, seq, cycles }: Found, metric: Metric): TracedSample {
  for (const range of linesOf(bytes, item)) {
    const line = bytes.subarray(range.rawFrom, range.rawTo);
    const holds = samplesOf({ bytes: line, nonce, probe }).some((found) => {
      const at = found.seq.indexOf(seq);
      return at !== -1 && found.columns[metric]?.[at] === cycles;
    });
    if (holds) return { seq, cycles, line: { ...range, text: Buffer.from(line).toString('latin1').trimEnd() } };
  }
  throw new Error(`sample ${seq} stands in no line between bytes ${item.rawFrom} and ${item.rawTo}`);
}

/**
 * The samples that a figure lies at: the first of its value, or, where none has it because it lies between two, the first of the next value
 * on either side.
 */
export function samplesAt(log: RunLog, items: readonly SamplesItem[], metric: Metric, cycles: number): TracedSample[] {
  let below: Found | undefined;
  let above: Found | undefined;
  for (const item of items)
    item.columns[metric]?.forEach((value, at) => {
      const found = { item, seq: item.seq[at] ?? -1, cycles: value };
      // -1 marks what is missing.
      if (value >= 0 && value <= cycles && value > (below?.cycles ?? -1)) below = found;
      if (value >= cycles && value < (above?.cycles ?? Infinity)) above = found;
    });
  const ends = below?.cycles === above?.cycles ? [below] : [below, above];
  return ends.flatMap((found) => (found === undefined ? [] : [lineOf(log, found, metric)]));
}

/** Where the log shows one sample; undefined where it holds none of this number with a value. */
export function sampleOf(
  log: RunLog,
  items: readonly SamplesItem[],
  metric: Metric,
  seq: number,
): TracedSample | undefined {
  for (const item of items) {
    const at = item.seq.indexOf(seq);
    const cycles = at === -1 ? undefined : item.columns[metric]?.[at];
    if (cycles !== undefined && cycles >= 0) return lineOf(log, { item, seq, cycles }, metric);
  }
  return undefined;
}

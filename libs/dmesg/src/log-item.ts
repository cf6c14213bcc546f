import type { LossReason, Metric, Probe } from '#contracts';

/** Byte range `[rawFrom, rawTo)` in everything that was pushed into the reader. */
export interface RawRange {
  rawFrom: number;
  rawTo: number;
}

/** Samples in columns, as libs/samples packs them. Cycles are TSC cycles; -1 where a value is missing. */
export interface LoggedSamples {
  cpu: number;
  seq: Int32Array;
  columns: Partial<Record<Metric, Int32Array>>;
  /** 1 where an interrupt came between: the sample counts, but is marked. */
  interrupted: Uint8Array;
}

export interface BeginItem extends RawRange {
  kind: 'begin';
  probe: Probe;
  faults: number;
  warmup: number;
  cpu: number;
  pid: number;
  /** Median TSC cycles of a back-to-back stamp pair, as the program measured it; shown, never subtracted. */
  overheadCycles: number;
}

export interface SamplesItem extends LoggedSamples, RawRange {
  kind: 'samples';
  pid: number;
}

export interface GapItem extends RawRange {
  kind: 'gap';
  reason: LossReason;
  detail: string;
  /** Records missing from the kernel log, when its sequence numbers tell. */
  lostRecords: number | null;
  /** Samples that this item accounts for; the items' sum is `accounting().lost`. */
  lostSamples: number;
}

export interface EndItem extends RawRange {
  kind: 'end';
  faults: number;
  samples: number;
  rejected: number;
}

export type LogItem = BeginItem | SamplesItem | GapItem | EndItem;

/** What a run's log adds up to. When `announced` is a number, samples + lost + rejected = announced. */
export interface Accounting {
  /** Measured faults announced by the begin line (or the end line when begin was lost); null when neither was read. */
  announced: number | null;
  samples: number;
  lost: number;
  /** Faults that gave no sample, as the end line says. */
  rejected: number;
  damagedLines: number;
  repeatedLines: number;
  foreignLines: number;
  overheadCycles: number | null;
  /** Whether the run's end line was read. */
  ended: boolean;
}

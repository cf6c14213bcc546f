import { limits, type Metric, metricsOfProbe, type Probe, probeNames } from '#contracts';
import {
  type Accounting,
  type BeginItem,
  createLogReader,
  type FoundRun,
  type GapItem,
  type LogItem,
  type SamplesItem,
} from '#dmesg';
import { summarize, type Summary } from '#stats';

export interface MetricReading extends Summary {
  metric: Metric;
  /** Samples without a value in this metric. */
  missing: number;
}

export interface RunReading extends Accounting {
  nonce: string;
  /** Null when neither the begin line nor a sample was read. */
  probe: Probe | null;
  /** From the begin line; null when it was lost. */
  pid: number | null;
  cpu: number | null;
  warmup: number | null;
  /** Samples that an interrupt came between; they count. */
  interrupted: number;
  /** TSC cycles; a metric without a value has no entry. Null above `limits.faultsPerRun` samples. */
  figures: MetricReading[] | null;
  gaps: Omit<GapItem, 'kind'>[];
  gapsNotShown: number;
}

const mostGaps = 1_000;

/**
 * Reads one run of a log. Memory is 4 bytes a value while its figures are computed, whatever the log's length.
 *
 * @param onSamples is handed the samples as they stand in the log
 */
export async function readRun(
  chunks: AsyncIterable<Uint8Array>,
  { nonce, probe: name }: FoundRun,
  onSamples?: (item: SamplesItem) => void,
): Promise<RunReading> {
  const probe = probeNames.find((one) => one === name) ?? null;
  // Without a probe only the end line was found, and that is the same for all of them.
  const reader = createLogReader({ nonce, probe: probe ?? probeNames[0] });
  const columns = new Map<Metric, Int32Array[]>();
  const gaps: Omit<GapItem, 'kind'>[] = [];
  let begin: BeginItem | null = null;
  let gapsNotShown = 0;
  let samples = 0;
  let interrupted = 0;
  const take = (item: LogItem): void => {
    if (item.kind === 'begin') begin = item;
    else if (item.kind === 'gap') {
      const { kind: _, ...gap } = item;
      if (gaps.length < mostGaps) gaps.push(gap);
      else gapsNotShown++;
    } else if (item.kind === 'samples') {
      onSamples?.(item);
      samples += item.seq.length;
      interrupted += item.interrupted.reduce((sum, flag) => sum + flag, 0);
      if (samples > limits.faultsPerRun) columns.clear();
      else for (const [metric, values] of Object.entries(item.columns)) keep(columns, metric as Metric, values);
    }
  };
  for await (const chunk of chunks) for (const item of reader.push(chunk)) take(item);
  for (const item of reader.end()) take(item);
  const metrics = probe === null ? [] : metricsOfProbe(probe);
  const { pid = null, cpu = null, warmup = null } = (begin as BeginItem | null) ?? {};
  const figures =
    samples > limits.faultsPerRun ? null : metrics.flatMap((one) => figuresOf(one, columns.get(one) ?? []));
  return { nonce, probe, pid, cpu, warmup, ...reader.accounting(), interrupted, figures, gaps, gapsNotShown };
}

function keep(columns: Map<Metric, Int32Array[]>, metric: Metric, values: Int32Array): void {
  const before = columns.get(metric);
  if (before === undefined) columns.set(metric, [values]);
  else before.push(values);
}

function figuresOf(metric: Metric, columns: readonly Int32Array[]): MetricReading[] {
  const all = columns.reduce((sum, { length }) => sum + length, 0);
  const values = new Int32Array(all);
  let valid = 0;
  // -1 marks what is missing.
  for (const column of columns) for (const value of column) if (value >= 0) values[valid++] = value;
  const summary = summarize(values.subarray(0, valid));
  return summary === null ? [] : [{ metric, missing: all - valid, ...summary }];
}

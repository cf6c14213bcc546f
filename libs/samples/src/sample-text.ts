import { type Metric, metricOf, metricsOfProbe, type Probe } from '#contracts';
import type { SampleColumns } from './sample-columns.js';

export type SampleFormat = 'ndjson' | 'csv';

export const mediaTypeOf: Record<SampleFormat, string> = { ndjson: 'application/x-ndjson', csv: 'text/csv' };

function cell(metric: Metric, value: number, absent: string): string {
  return value === -1 && metricOf(metric).mayBeMissing ? absent : String(value);
}

/** Header of a CSV export: `seq,cpu,interrupted` and the probe's metrics in TSC cycles. NDJSON has none. */
export function headerText(format: SampleFormat, probe: Probe): string {
  return format === 'csv' ? `${['seq', 'cpu', 'interrupted', ...metricsOfProbe(probe)].join(',')}\n` : '';
}

/** Samples that become one piece of text, about 60 kB: small enough to die young in the garbage collector. */
const samplesPerPiece = 1_000;

interface Column {
  metric: Metric;
  values: Int32Array;
}

function line(format: SampleFormat, batch: SampleColumns, columns: readonly Column[], i: number): string {
  const interrupted = batch.interrupted[i] === 1;
  if (format === 'csv') {
    const cells = columns.map(({ metric, values }) => `,${cell(metric, values[i] ?? -1, '')}`).join('');
    return `${batch.seq[i]},${batch.cpu},${interrupted ? 1 : 0}${cells}\n`;
  }
  const fields = columns.map(({ metric, values }) => `,"${metric}":${cell(metric, values[i] ?? -1, 'null')}`).join('');
  return `{"seq":${batch.seq[i]},"cpu":${batch.cpu},"interrupted":${interrupted}${fields}}\n`;
}

/**
 * A batch as lines, in pieces of 1,000, about 60 bytes a sample. A missing value is `null` in NDJSON and empty in CSV.
 *
 * @throws Error when the batch lacks a metric that its probe yields: it was stored wrong.
 */
export function* batchText(format: SampleFormat, probe: Probe, batch: SampleColumns): Generator<string> {
  const columns = metricsOfProbe(probe).map((metric) => {
    const values = batch.columns[metric];
    if (values === undefined) throw new Error(`a batch of probe ${probe} has no column ${metric}`);
    return { metric, values };
  });
  for (let from = 0; from < batch.seq.length; from += samplesPerPiece) {
    let text = '';
    const to = Math.min(from + samplesPerPiece, batch.seq.length);
    for (let i = from; i < to; i += 1) text += line(format, batch, columns, i);
    yield text;
  }
}

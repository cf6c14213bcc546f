import { type Metric, metricsOfProbe, type Probe } from '#contracts';
import type { SampleColumns } from '#samples';

export type SampleFormat = 'ndjson' | 'csv';

export const mediaTypeOf: Record<SampleFormat, string> = { ndjson: 'application/x-ndjson', csv: 'text/csv' };

function cell(metric: Metric, value: number, absent: string): string {
  // Only k2u has a "no valid exit stamp" (-1); see libs/samples.
  return metric === 'k2u' && value === -1 ? absent : String(value);
}

/** Header of a CSV export: `seq,cpu,interrupted` and the probe's metrics in TSC cycles. NDJSON has none. */
export function headerText(format: SampleFormat, probe: Probe): string {
  return format === 'csv' ? `${['seq', 'cpu', 'interrupted', ...metricsOfProbe(probe)].join(',')}\n` : '';
}

/**
 * A batch as lines, about 50 bytes a sample. A missing k2u is `null` in NDJSON and empty in CSV.
 *
 * @throws Error when the batch lacks a metric that its probe yields: it was stored wrong.
 */
export function batchText(format: SampleFormat, probe: Probe, batch: SampleColumns): string {
  const metrics = metricsOfProbe(probe);
  const columns = metrics.map((metric) => {
    const values = batch.columns[metric];
    if (values === undefined) throw new Error(`a batch of probe ${probe} has no column ${metric}`);
    return { metric, values };
  });
  let text = '';
  for (let i = 0; i < batch.seq.length; i += 1) {
    const interrupted = batch.interrupted[i] === 1;
    if (format === 'csv') {
      text += `${batch.seq[i]},${batch.cpu},${interrupted ? 1 : 0}`;
      for (const { metric, values } of columns) text += `,${cell(metric, values[i] ?? -1, '')}`;
      text += '\n';
    } else {
      text += `{"seq":${batch.seq[i]},"cpu":${batch.cpu},"interrupted":${interrupted}`;
      for (const { metric, values } of columns) text += `,"${metric}":${cell(metric, values[i] ?? -1, 'null')}`;
      text += '}\n';
    }
  }
  return text;
}

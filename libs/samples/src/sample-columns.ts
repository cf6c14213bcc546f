import { metricNames, metricOf, type Metric } from '#contracts';

/**
 * A batch of samples by columns; entry i of every column is one sample.
 * All samples of a batch were taken on one CPU and carry the same metrics.
 */
export interface SampleColumns {
  cpu: number;
  /** Sequence numbers: measured faults counted from 0 within the attempt. */
  seq: Int32Array;
  /** TSC cycles per metric. -1 where a value is missing. */
  columns: Partial<Record<Metric, Int32Array>>;
  /** 1 where an interrupt returned to user space between the stamps, else 0. */
  interrupted: Uint8Array;
}

/** The order in which metrics stand in the packed form: a metric's place here is its code in the catalogue. */
export const metricCodes: readonly Metric[] = [...metricNames].sort((a, b) => metricOf(a).code - metricOf(b).code);

/** Metrics that a batch carries, in the order of their codes. */
export function metricsOf(batch: SampleColumns): Metric[] {
  return metricCodes.filter((metric) => batch.columns[metric] !== undefined);
}

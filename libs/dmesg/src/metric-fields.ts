import { metricOf, metricsOfProbe, probeOf, type Probe } from '#contracts';
import { ascii } from './cursor.js';

/** How a probe's sample lines hold its metrics, as bytes that stand in front of the numbers. */
export interface MetricFields {
  /** In front of a line's only sample. */
  first: Uint8Array;
  /** In front of its second metric; null where the probe has one. */
  second: Uint8Array | null;
  /** Whether the second metric may be -1. */
  secondMayBeMissing: boolean;
  /** In front of many samples. */
  many: Uint8Array;
}

const field = (name: string): Uint8Array => ascii(` ${name}=`);

export function metricFields(probe: Probe): MetricFields {
  const [first, second] = metricsOfProbe(probe);
  if (first === undefined) throw new Error(`probe ${probe} has no metric`);
  const paired = probeOf(probe).lines === 'pairs';
  if (paired !== (second !== undefined)) throw new Error(`probe ${probe}: a pair is of two metrics`);
  return {
    first: field(first),
    second: second === undefined ? null : field(second),
    secondMayBeMissing: second !== undefined && metricOf(second).mayBeMissing,
    many: paired ? field('d') : field(first),
  };
}

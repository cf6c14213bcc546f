import type { Metric } from '#contracts';
import type { SampleColumns } from '#samples';

interface Slice {
  source: SampleColumns;
  from: number;
  to: number;
}

/** Samples of one CPU, gathered slice by slice and joined to columns once. */
export class ColumnBuffer {
  private readonly slices: Slice[] = [];
  count = 0;

  constructor(readonly cpu: number) {}

  add(source: SampleColumns, from: number, to: number): void {
    this.slices.push({ source, from, to });
    this.count += to - from;
  }

  columns(): SampleColumns {
    const metrics = Object.keys(this.slices[0]?.source.columns ?? {}) as Metric[];
    const joined = (pick: (source: SampleColumns) => Int32Array | undefined): Int32Array => {
      const column = new Int32Array(this.count);
      this.fill(column, pick);
      return column;
    };
    const interrupted = new Uint8Array(this.count);
    this.fill(interrupted, (source) => source.interrupted);
    return {
      cpu: this.cpu,
      seq: joined((source) => source.seq),
      columns: Object.fromEntries(metrics.map((metric) => [metric, joined((source) => source.columns[metric])])),
      interrupted,
    };
  }

  private fill<T extends Int32Array | Uint8Array>(into: T, pick: (source: SampleColumns) => T | undefined): void {
    let filled = 0;
    for (const { source, from, to } of this.slices) {
      into.set(pick(source)?.subarray(from, to) ?? [], filled);
      filled += to - from;
    }
  }
}

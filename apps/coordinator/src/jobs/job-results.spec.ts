import { describe, expect, it } from '@jest/globals';
import { LogHistogram } from '#stats';
import { resultRows, type RunResultRow } from './job-results.js';

function row(over: Partial<RunResultRow>, values: readonly number[] = [100, 200, 300]): RunResultRow {
  return {
    host_id: 'h1',
    executor: 'simulator',
    probe: 'pf',
    metric: 'u2k',
    provenance: 'simulated',
    generation: 'Haswell-EP',
    virtualization: 'bare',
    samples: values.length,
    lost: 1,
    p50_cycles: 200,
    tsc_khz: 2_400_000,
    histogram: LogHistogram.of(values).toBytes(),
    ...over,
  };
}

describe('resultRows', () => {
  it('takes the run as the replicate: p50 is the median of the runs’ medians', () => {
    const many = Array.from({ length: 1_000 }, () => 900);
    const [result] = resultRows([row({ p50_cycles: 400 }), row({ p50_cycles: 410 }), row({ p50_cycles: 900 }, many)]);
    expect(result).toMatchObject({ runs: 3, samples: 1_006, lost: 3, p50Cycles: 410 });
    expect(result?.p50Ns).toBeCloseTo(170.83, 2);
  });

  it('reads p5 and p99 from all samples together', () => {
    const [result] = resultRows([row({}, [100, 100, 100]), row({}, [900, 900, 900])]);
    expect(result?.p5Cycles).toBe(100);
    expect((result?.p99Cycles ?? 0) / 900).toBeCloseTo(1, 2);
  });

  it.each(['metric', 'provenance', 'generation', 'host_id', 'executor'] as const)(
    'keeps runs of different %s apart',
    (column) => {
      expect(resultRows([row({}), row({ [column]: 'other' })])).toHaveLength(2);
    },
  );

  it('gives no nanoseconds when the runs’ TSC rates differ or one is not known', () => {
    expect(resultRows([row({}), row({ tsc_khz: 3_000_000 })])[0]?.p50Ns).toBeNull();
    expect(resultRows([row({}), row({ tsc_khz: null })])[0]?.p50Ns).toBeNull();
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Prisma, PrismaClient } from '#event-store';
import { jobResults, resultRows, type RunResultRow } from './job-results.js';

const bootOf = (extra: Record<string, string> = {}): RunResultRow['boot'] => ({
  ...{ kernel: '6.1.0', kpti: false, cpu_model: null, boot_options: null, extra },
});

function row(over: Partial<RunResultRow>): RunResultRow {
  return {
    host_id: 'h1',
    executor: 'simulator',
    probe: 'pf',
    metric: 'u2k',
    provenance: 'simulated',
    generation: 'Haswell-EP',
    virtualization: 'bare',
    boot_state_hash: 'b0',
    boot: bootOf(),
    samples: 3,
    lost: 1,
    p5_cycles: 110,
    p50_cycles: 200,
    p99_cycles: 298,
    tsc_khz: 2_400_000,
    step_cycles: 2,
    ...over,
  };
}

describe('resultRows', () => {
  it('takes the run as the replicate: p50 is the median of the runs’ medians', () => {
    const [result] = resultRows([
      row({ p50_cycles: 400 }),
      row({ p50_cycles: 410 }),
      row({ p50_cycles: 900, samples: 1_000 }),
    ]);
    expect(result).toMatchObject({ runs: 3, samples: 1_006, lost: 3, p50Cycles: 410 });
    expect(result?.p50Ns).toBeCloseTo(170.83, 2);
  });

  it('says what the runs of a row were disturbed by, where that was asked', () => {
    const extra = { noise: 'noisy', noiseReasons: 'governor powersave; turbo on' };
    const [simulated, measured] = resultRows([row({}), row({ boot_state_hash: 'b1', boot: bootOf(extra) })]);
    expect(simulated?.noise).toBeNull();
    expect(measured?.noise).toMatchObject({ verdict: 'noisy', reasons: ['governor powersave', 'turbo on'] });
  });

  it('takes p5 and p99 over the runs like p50, so that the three stay in order', () => {
    // One run in three is slow, as when the CPU's clock changed between runs.
    const fast = row({ p5_cycles: 310, p50_cycles: 312, p99_cycles: 340 });
    const slow = row({ p5_cycles: 350, p50_cycles: 356, p99_cycles: 440 });
    expect(resultRows([fast, fast, slow])[0]).toMatchObject({ p5Cycles: 310, p50Cycles: 312, p99Cycles: 340 });
    expect(resultRows([fast, slow])[0]).toMatchObject({ p5Cycles: 330, p50Cycles: 334, p99Cycles: 390 });
  });

  it.each(['metric', 'provenance', 'boot_state_hash', 'host_id', 'executor'] as const)(
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

describe('jobResults', () => {
  it('has a run whose row and boot state come while it asks', async () => {
    const { boot, ...measured } = row({});
    let stored = false;
    const answerOf = async (text: string): Promise<object[]> => {
      if (text.includes('FROM boot_states')) return stored ? [{ boot_state_hash: 'b0', ...boot }] : [];
      if (!text.includes('FROM run_results')) return [];
      await new Promise((resolve) => setImmediate(resolve));
      stored = true;
      return [measured];
    };
    const db = { $queryRaw: ({ text }: Prisma.Sql) => answerOf(text) } as unknown as PrismaClient;
    expect(await jobResults(db, 'j1')).toMatchObject({ rows: [{ hostId: 'h1', runs: 1 }], failures: [] });
  });
});

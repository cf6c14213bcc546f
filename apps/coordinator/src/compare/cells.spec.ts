import { describe, expect, it } from '@jest/globals';
import { compareCellsQuerySchema } from '#contracts';
import { compareCells } from './cells.js';
import type { Replicate, Side } from './side.js';

const query = compareCellsQuerySchema.parse({ a: 'x=a', b: 'x=b', metric: 'u2k', by: 'rack' });
/** Ten runs of a host in a rack, in turn with those of the other side, that scatter by 2 %. */
const rack = (name: string, i: number, factor: number): Replicate[] =>
  Array.from({ length: 10 }, (_, run) => {
    const p50Cycles = Math.round(1e6 * factor * (1 + 0.02 * Math.sin(7.3 * run + 3 * i + (name === 'b' ? 1 : 0))));
    return {
      ...{ runId: `${name}${i}-${run}`, hostId: `h${i}`, provenance: 'measured', facts: { executor: 'stock-host' } },
      ...{ draw: null, noisy: false, endedAtMs: run, p50Cycles, minCycles: p50Cycles - 1, maxCycles: p50Cycles + 3 },
      ...{ tscKhz: 2_300_000, samples: 1_000, labels: { rack: `r${i}` } },
    };
  });
const sideOf = (name: string, factors: readonly number[]): Side => ({
  ...{ selector: `x=${name}`, namesHosts: true, copies: 0, cut: false },
  runs: factors.flatMap((factor, i) => rack(name, i, factor)),
});

describe('a table of cells', () => {
  it('calls no cell slower that is so only among a few, and gives the share of such cells that luck makes', () => {
    const changes = [1.03, 1.03, 1.03, 1.03, ...Array<number>(10).fill(1)];
    const { cells } = compareCells(
      query,
      sideOf(
        'a',
        changes.map(() => 1),
      ),
      sideOf('b', changes),
    );
    expect(cells).toHaveLength(14);
    const slower = cells.filter(({ comparison }) => comparison.verdict === 'slower');
    expect(slower.length).toBeGreaterThan(0);
    const lost = slower.filter(({ verdict }) => verdict === 'inconclusive');
    expect(lost.length).toBeGreaterThan(0);
    for (const { pValue, pAdjusted, qValue } of cells) {
      expect(pValue).not.toBeNull();
      expect((pValue ?? 1) <= (qValue ?? 0) && (qValue ?? 1) <= (pAdjusted ?? 0)).toBe(true);
    }
    expect(lost.some(({ qValue }) => (qValue ?? 1) <= 0.05)).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Comparison, ComparisonCell, ComparisonCells } from '#contracts';
import { comparisonCellsText } from './comparison-cells.js';
import { plainLook } from './columns.js';

const side = { runs: 10 } as Comparison['a'];
const repeat = { command: 'xf compare a b', path: '/#/compare' };

/** A cell of host `h<i>` whose b is `ratio` times a. */
function cell(i: number, ratio: number, parts: Partial<ComparisonCell> = {}): ComparisonCell {
  const comparison = {
    ...{
      probe: 'pf',
      metric: 'u2k',
      a: side,
      b: side,
      ratio,
      refusals: [],
      reason: `host h${i} has one run`,
      more: null,
    },
    ...{ interval: { low: ratio - 0.01, high: ratio + 0.01, confidence: 0.95 }, verdict: 'inconclusive', repeat },
  } as unknown as Comparison;
  return {
    values: { host: `h${i}` },
    comparison,
    verdict: 'inconclusive',
    pValue: null,
    pAdjusted: null,
    qValue: null,
    ...parts,
  };
}
const answerOf = (cells: ComparisonCell[]): ComparisonCells => ({
  ...({ by: ['host'], cells, unmatched: [], warnings: [], repeat } as unknown as ComparisonCells),
});
const hostsOf = (text: string): string[] => [...text.matchAll(/^h\d+(?= )/gm)].map(([host]) => host);

describe('comparisonCellsText', () => {
  it('lists of many cells what got slower or faster, then what moved most, and all where all are asked for', () => {
    const cells = Array.from({ length: 300 }, (_, i) => cell(i, 1 + i / 1_000));
    cells[3] = cell(3, 1.003, { verdict: 'slower' });
    const text = comparisonCellsText(answerOf(cells), '');
    expect(hostsOf(text)).toEqual(['h3', ...Array.from({ length: 23 }, (_, i) => `h${299 - i}`)]);
    expect(text).toContain('\n… 276 cells more: --all\n');
    expect(hostsOf(comparisonCellsText(answerOf(cells), '', plainLook, true))).toHaveLength(300);
  });

  it('names three of the obstacles, those of the most cells first, and all where all are asked for', () => {
    const obstacle = (i: number, reason: string): ComparisonCell => {
      const { comparison, ...rest } = cell(i, 1);
      return { ...rest, comparison: { ...comparison, interval: null, reason, more: 'measure again' } };
    };
    const reasons = ['one run', 'no TSC rate', 'no run', 'another kernel', 'two runs'];
    const cells = [...reasons, 'two runs'].map((reason, i) => obstacle(i, reason));
    const text = comparisonCellsText(answerOf(cells), '');
    expect([...text.matchAll(/^! (.*) →/gm)].map(([, reason]) => reason)).toEqual([
      'two runs',
      'one run',
      'no TSC rate',
    ]);
    expect(text).toContain('\n… 2 more of these: --all\n');
    expect([...comparisonCellsText(answerOf(cells), '', plainLook, true).matchAll(/^! /gm)]).toHaveLength(5);
  });
});

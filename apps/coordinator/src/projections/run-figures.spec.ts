import { describe, expect, it } from '@jest/globals';
import type { SampleColumns } from '#samples';
import { runFigures } from './run-figures.js';

const batch = (u2k: number[], k2u: number[], interrupted: number[]): SampleColumns => ({
  cpu: 0,
  seq: Int32Array.from(u2k, (_, index) => index),
  columns: { u2k: Int32Array.from(u2k), k2u: Int32Array.from(k2u) },
  interrupted: Uint8Array.from(interrupted),
});

describe('the figures of a run', () => {
  it('are taken over all batches, one set a metric', () => {
    const figures = runFigures([batch([300, 100], [50, 60], [0, 1]), batch([200], [70], [1])]);
    expect(figures.map(({ metric }) => metric)).toEqual(['k2u', 'u2k']);
    expect(figures[1]?.summary).toMatchObject({ samples: 3, min: 100, p50: 200, max: 300, mean: 200 });
    expect(figures[1]).toMatchObject({ invalid: 0, interrupted: 2 });
    expect(figures[1]?.histogram.count).toBe(3);
    expect(figures[1]).toMatchObject({ stepCycles: 100, tally: { below: 1, at: 1 } });
  });

  it('leave out samples without a valid stamp, and count them', () => {
    const [k2u, u2k] = runFigures([batch([300, 100], [-1, 60], [0, 0])]);
    expect(k2u).toMatchObject({ metric: 'k2u', invalid: 1, summary: { samples: 1, min: 60, max: 60 } });
    expect(u2k).toMatchObject({ metric: 'u2k', invalid: 0, summary: { samples: 2 } });
  });

  it('are missing for a metric that has no valid sample, and for a run without batches', () => {
    expect(runFigures([batch([300], [-1], [0])]).map(({ metric }) => metric)).toEqual(['u2k']);
    expect(runFigures([])).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { compareQuerySchema, type Comparison } from '#contracts';
import { compareCells } from './cells.js';
import { judge } from './judge.js';
import type { Replicate, Side } from './side.js';

const query = compareQuerySchema.parse({ a: 'rack=1', b: 'rack=2', metric: 'u2k' });
const facts = { executor: 'stock-host', generation: 'Haswell-EP', kernel: '6.1.0' };

/** Runs of hosts by turns, so that neither side is measured first. */
function side(name: string, medians: readonly number[], { hosts = 1, more = {} } = {}): Side {
  return {
    ...{ selector: `rack=${name}`, namesHosts: true, copies: 0, cut: false },
    runs: medians.map((p50Cycles, i): Replicate => {
      const run = { runId: `${name}-${i}`, hostId: `${name}-${i % hosts}`, provenance: 'measured', facts } as const;
      const cycles = { p50Cycles, minCycles: Math.floor(p50Cycles) - 1, maxCycles: 3 * Math.floor(p50Cycles) + i };
      return { ...run, ...cycles, draw: null, noisy: false, endedAtMs: i, tscKhz: 2_400_000, samples: 100, ...more };
    }),
  };
}
const spread = (level: number, runs = 10): number[] => Array.from({ length: runs }, (_, i) => level + (i % 5));

/** What every answer must be, whatever came in. */
function sound(comparison: Comparison): Comparison {
  const { verdict, refusals, more, interval, ratio } = comparison;
  if (refusals.length > 0)
    expect({ verdict, ratio, interval }).toEqual({ verdict: 'inconclusive', ratio: null, interval: null });
  else if (verdict === 'inconclusive') expect(more).not.toBeNull();
  for (const { reason, remedy } of refusals) expect([reason, remedy].every((text) => text.length > 10)).toBe(true);
  // What a number can't say is null, in JSON too.
  expect([ratio, interval, comparison.effects].map((figures) => JSON.stringify(figures)).join()).not.toMatch(
    /:null,"h|NaN/,
  );
  return comparison;
}

describe('sides that say little or nonsense', () => {
  it('an empty one is refused, with what to do', () => {
    const { refusals } = sound(judge(query, side('1', []), side('2', spread(400))));
    expect(refusals).toMatchObject([{ kind: 'empty', side: 'a', reason: 'a, "rack=1", matches no completed run' }]);
    expect(sound(judge(query, side('1', []), side('2', []))).refusals).toHaveLength(2);
  });

  it('one run has no spread', () => {
    const { reason, more, effects } = sound(judge(query, side('1', [400]), side('2', [500])));
    expect(reason).toMatch(/a single run of each host/);
    expect(more).toBe('measure at least 2 runs of each host; 10 tell far more');
    expect(effects.ns?.ratio).toBeCloseTo(1.25);
    expect(effects.ns?.ratioInterval).toBeNull();
  });

  it('one host of a kind stands for itself', () => {
    const one = { ...side('1', spread(400)), namesHosts: false };
    expect(sound(judge(query, one, side('2', spread(400)))).reason).toMatch(/stands for 1 host, not for a kind/);
  });

  it('all ties are no evidence of equality below the step of the clock', () => {
    const tied = (name: string) =>
      side(name, Array<number>(10).fill(416), { more: { minCycles: 416, maxCycles: 832 } });
    const { verdict, more } = sound(judge(query, tied('1'), tied('2')));
    expect([verdict, more]).toEqual([
      'inconclusive',
      expect.stringMatching(/^no number of runs would: the steps of the TSCs may hide/),
    ]);
  });

  it.each([0, -1, NaN, Infinity])('a median of %d is refused with the run that has it', (median) => {
    const { refusals } = sound(judge(query, side('1', [median, ...spread(400)]), side('2', spread(400))));
    expect(refusals).toMatchObject([{ kind: 'value', remedy: expect.stringContaining('run!=1-0') }]);
  });

  it.each([
    [{ margin: '-1' }, /between 0 and 1: 0.01 is 1 %/],
    [{ margin: 'abc' }, /between 0 and 1/],
    [{ confidence: '1' }, /between 0.5 and 0.999: 0.95 is 95 %/],
  ])('%j is refused with the range', (given, range) => {
    const { error } = compareQuerySchema.safeParse({ a: 'x', b: 'y', metric: 'u2k', ...given });
    expect(error?.issues.map(({ message }) => message)).toEqual([expect.stringMatching(range)]);
  });

  it('both sides alike are refused', () => {
    const one = side('1', spread(400));
    expect(sound(judge(query, one, one)).refusals).toMatchObject([{ kind: 'overlap' }]);
  });

  it('a window without runs says what its side would have', () => {
    const notYet = {
      reason: 'a matches no completed run in this window of time',
      remedy: 'the newest ended yesterday',
    };
    const { refusals } = sound(judge(query, { ...side('1', []), notYet }, side('2', spread(400))));
    expect(refusals).toMatchObject([notYet]);
  });

  it('more runs than are compared leave a warning', () => {
    const { warnings } = sound(judge(query, { ...side('1', spread(400)), cut: true }, side('2', spread(500))));
    expect(warnings).toContainEqual(expect.stringMatching(/only the newest 10 are compared: since=… or until=…/));
  });

  it('cells without anything in common are none, which is said', () => {
    const other = side('2', spread(400), { more: { facts: { ...facts, kernel: '6.12.0' } } });
    const { cells, unmatched, warnings } = compareCells({ ...query, by: ['kernel'] }, side('1', spread(400)), other);
    expect([cells, unmatched.length]).toEqual([[], 2]);
    expect(warnings).toEqual([expect.stringMatching(/no combination of these values in common/)]);
  });
});

describe('many cells', () => {
  it('call a difference that one of many would show by luck inconclusive', () => {
    // Twenty cells: one whose interval just excludes the margin, the others alike.
    const kernels = Array.from({ length: 20 }, (_, i) => `6.${i}.0`);
    const of = (name: string, level: (cell: number) => number): Side => ({
      ...side(name, []),
      runs: kernels.flatMap(
        (kernel, cell) => side(`${name}-${cell}`, spread(level(cell)), { more: { facts: { ...facts, kernel } } }).runs,
      ),
    });
    const asked = { ...query, by: ['kernel'], margin: 0.01 };
    const { cells } = compareCells(
      asked,
      of('1', () => 400),
      of('2', (cell) => (cell === 3 ? 406.5 : cell === 4 ? 600 : 400)),
    );
    const told = cells.map(({ comparison, verdict }) => [comparison.verdict, verdict]);
    expect(told.filter(([alone]) => alone === 'slower')).toEqual([
      ['slower', 'inconclusive'],
      ['slower', 'slower'],
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { SampleColumns } from '#samples';
import { runCourse } from './run-course.js';

/** Samples of these faults, each of which takes as many cycles as `of` says; -1 where it has no value. */
function batch(seq: readonly number[], of: (fault: number) => number): SampleColumns {
  const column = Int32Array.from(seq.map(of));
  return { cpu: 0, seq: Int32Array.from(seq), columns: { u2k: column }, interrupted: new Uint8Array(seq.length) };
}
const faults = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

describe('runCourse', () => {
  it('has a median and a p95 of each stretch, and nulls where nothing is left', () => {
    const batches = [batch(faults(0, 32), () => 300), batch(faults(64, 100), (fault) => (fault < 96 ? fault : -1))];
    expect(runCourse(batches, 100)).toEqual([
      {
        metric: 'u2k',
        faultsAStretch: 32,
        medians: [300, null, 79.5, null],
        p95s: [300, null, expect.closeTo(93.45, 9), null],
      },
    ]);
  });

  it('has fifty stretches of a long run, whatever the order of its batches', () => {
    const batches = [batch(faults(5_000, 10_000), (fault) => fault), batch(faults(0, 5_000), (fault) => fault)];
    const [course] = runCourse(batches, 10_000);
    expect(course?.faultsAStretch).toBe(200);
    expect(course?.medians).toEqual(Array.from({ length: 50 }, (_, at) => at * 200 + 99.5));
  });

  it('has nothing of no samples', () => {
    expect(runCourse([], 100)).toEqual([]);
  });
});

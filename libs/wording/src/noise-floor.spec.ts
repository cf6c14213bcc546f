import { describe, expect, it } from '@jest/globals';
import type { NoiseFloor } from '#contracts';
import { floorNotes, floorText, gradeText, noisiest } from './noise-floor.js';

const floor: NoiseFloor = {
  ...{ executor: 'stock-host', probe: 'pf_rt', metric: 'pf_rt', provenance: 'measured', runs: 12, boots: 1, days: 2 },
  ...{ withinRunSd: 0.051, runSd: 0.0081, bootSd: null, daySd: 0.02, floor: 0.0216, grade: 'D' },
};

describe('a noise floor in words', () => {
  it('tells the grade and what it is made of', () => {
    expect(gradeText(floor)).toBe('D 2.2 %');
    expect(gradeText({ floor: 0.01, grade: null })).toBe('–');
    expect(floorText(floor)).toBe(
      'stock-host pf_rt, measured: D 2.2 % (runs 0.81 %, boots –, days 2 %; within runs 5.1 %; 12 runs, 1 boot, 2 days)',
    );
  });

  it('lists the noisiest and flags grade D only', () => {
    const quiet: NoiseFloor = { ...floor, floor: 0.004, grade: 'A' };
    expect(noisiest([quiet, floor, { ...floor, floor: 9, grade: null }])).toBe(floor);
    expect(noisiest([])).toBeNull();
    const rows = [quiet, floor, floor].map((noiseFloor) => ({ hostId: 'h1', metric: 'pf_rt', noiseFloor }));
    expect(floorNotes(rows)).toEqual([
      'h1: its runs of pf_rt scatter by 2.2 % when nothing changes (noise grade D): it hides smaller effects',
    ]);
  });

  it('does not list a whole fleet', () => {
    const fleet = Array.from({ length: 10_000 }, (_, i) => ({ hostId: `h${i}`, metric: 'pf_rt', noiseFloor: floor }));
    expect(floorNotes(fleet)).toHaveLength(6);
    expect(floorNotes(fleet).at(-1)).toBe('and 9,995 more of noise grade D');
  });
});

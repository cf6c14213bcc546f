import { describe, expect, it } from '@jest/globals';
import { noiseFloor, noiseGrade } from './noise-floor.js';

describe('noise floor', () => {
  it('adds up what is known', () => {
    expect(noiseFloor({ runSd: 0.003, bootSd: 0.004, daySd: null })).toBeCloseTo(0.005, 12);
    expect(noiseFloor({ runSd: null, bootSd: null, daySd: null })).toBeNull();
  });

  it.each([
    [0, 'A'],
    [0.005, 'A'],
    [0.0051, 'B'],
    [0.03, 'C'],
    [0.031, 'D'],
  ])('%d is grade %s', (floor, grade) => {
    expect(noiseGrade(floor)).toBe(grade);
  });
});

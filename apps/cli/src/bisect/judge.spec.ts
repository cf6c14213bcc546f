import { describe, expect, it } from '@jest/globals';
import { answerOf } from './judge.js';

const against = (low: number, high: number) => ({
  ratio: Math.sqrt(low * high),
  interval: { low, high, confidence: 0.95 },
});

describe('a place between the ends', () => {
  it('is bad beyond the middle of what they differ by, good before it, and else neither', () => {
    expect(answerOf(against(1.1, 1.2), 1.21 - 0.02)).toBe('bad');
    expect(answerOf(against(0.98, 1.05), 1.21)).toBe('good');
    expect(answerOf(against(1.05, 1.15), 1.21)).toBe('cannot-tell');
  });

  it('is judged the other way round where the last one is the faster', () => {
    expect(answerOf(against(0.8, 0.85), 0.81)).toBe('bad');
    expect(answerOf(against(0.95, 1.02), 0.81)).toBe('good');
    expect(answerOf(against(0.85, 0.95), 0.81)).toBe('cannot-tell');
  });

  it('can not be told without an interval', () => {
    expect(answerOf({ ratio: 1.2, interval: null }, 1.21)).toBe('cannot-tell');
  });
});

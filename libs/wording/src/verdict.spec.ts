import { describe, expect, it } from '@jest/globals';
import { intervalText, verdictSentence, whyVerdict } from './verdict.js';

const judged = { unit: 'ns', ratio: 1.1, method: { margin: 0.01 } } as const;

describe('verdictSentence', () => {
  it.each([
    ['slower', 'b is slower than a (+10.0 % in ns)'],
    ['faster', 'b is faster than a (+10.0 % in ns)'],
    ['equal', 'b and a are equal within ± 1.0 %'],
    ['inconclusive', 'inconclusive whether b is slower or faster than a'],
  ] as const)('%s', (verdict, sentence) => {
    expect(verdictSentence({ ...judged, verdict })).toBe(sentence);
  });

  it('names the sides as a page does, and says no figure where nothing was judged', () => {
    expect(verdictSentence({ ...judged, verdict: 'slower', ratio: null, unit: null }, { a: 'A', b: 'B' })).toBe(
      'B is slower than A',
    );
  });
});

describe('intervalText', () => {
  it('is both ends, or a dash', () => {
    expect(intervalText({ low: 0.9098, high: 0.9583, confidence: 0.95 })).toBe('0.910 to 0.958');
    expect(intervalText(null)).toBe('–');
  });
});

describe('whyVerdict', () => {
  it('says where the interval lies', () => {
    const interval = { low: 0.9098, high: 0.9583, confidence: 0.95 };
    expect(whyVerdict('faster', interval, 0.01)).toBe(
      'the 95 % interval of b / a, 0.910 to 0.958, lies wholly below 1 ± 0.01',
    );
    expect(whyVerdict('inconclusive', interval, 0.05)).toMatch(/crosses an edge of 1 ± 0.05$/);
  });
});

import { describe, expect, it } from '@jest/globals';
import { lastWords } from './set-aside.js';

describe('lastWords', () => {
  it('leaves a short text as it is', () => expect(lastWords('one two', 7)).toBe('one two'));
  it('begins with a word', () => {
    expect(lastWords('overflow of the column', 14)).toBe('… the column');
    expect(lastWords('overflow of the column', 12)).toBe('… the column');
    expect(lastWords('overflow of the column', 11)).toBe('… column');
  });
  it('cuts a word that fills it', () => {
    const cut = lastWords('x'.repeat(50), 10);
    expect(cut).toBe(`… ${'x'.repeat(8)}`);
  });
  it('is never longer than it may be', () => {
    const text = 'a bc def ghij klmno pqrstu';
    for (let length = 4; length < 30; length += 1) expect(lastWords(text, length).length).toBeLessThanOrEqual(length);
  });
});

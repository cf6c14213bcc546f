import { describe, expect, it } from '@jest/globals';
import { within } from './narrow.js';

describe('within', () => {
  it('breaks long lines at blanks and indents what follows', () => {
    expect(within('short\n  one two three four', 14)).toBe('short\n  one two\n    three four');
  });

  it('counts no colours', () => {
    expect(within('\x1b[31mred\x1b[39m and blue', 12)).toBe('\x1b[31mred\x1b[39m and blue');
  });

  it('keeps blanks that align, and words that are longer than the line', () => {
    expect(within('a    b    c', 8)).toBe('a    b\n  c');
    expect(within('see https://coordinator.example/docs', 12)).toBe('see\n  https://coordinator.example/docs');
  });

  it('leaves commands and addresses of pages whole: they are copied', () => {
    const text = '  xf compare host=a host=b --metric u2k\nmore: --cursor WyJqb2JzIiwx, or --all';
    expect(within(text, 20)).toBe(text);
  });

  it('gives up the indent where it would take half of the line', () => {
    expect(within('          one two', 14)).toBe('          one\ntwo');
  });
});

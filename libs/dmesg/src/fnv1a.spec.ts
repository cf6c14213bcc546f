import { describe, expect, it } from '@jest/globals';
import { fnv1a, fnv1aOfAscii } from './fnv1a.js';

describe('fnv1a', () => {
  // Test vectors of the FNV reference (isthe.com/chongo/src/fnv/test_fnv.c).
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('of "%s" is the reference value', (text, hash) => {
    expect(fnv1a(Buffer.from(text))).toBe(hash);
    expect(fnv1aOfAscii(text)).toBe(hash);
  });

  it('goes on from a state', () => {
    const bytes = Buffer.from('foobar');
    expect(fnv1a(bytes, 3, 6, fnv1a(bytes, 0, 3))).toBe(fnv1a(bytes));
  });
});

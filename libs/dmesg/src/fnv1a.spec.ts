import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fnv1a, fnv1aOfAscii, HashedText, hexWord } from './fnv1a.js';

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

  it('of a text in the middle is one step from any state', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), fc.integer(), (text, state) => {
        expect(new HashedText(text).after(state) >>> 0).toBe(fnv1a(text, 0, text.length, state));
      }),
    );
  });

  it('of a text finds the text in bytes, and nothing else', () => {
    const texts = [' n=', ' d=', ' u2k=', ' pf_rt=', ' syscall_rt='];
    const place = fc.record({
      text: fc.constantFrom(...texts),
      changed: fc.option(fc.tuple(fc.nat(11), fc.integer({ min: 1, max: 255 }))),
    });
    fc.assert(
      fc.property(place, ({ text, changed }) => {
        const bytes = Buffer.from(`seq=7${text}440 and more`);
        const at = changed === null ? -1 : changed[0] % text.length;
        if (changed !== null) bytes[5 + at]! ^= changed[1];
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        expect(new HashedText(Buffer.from(text)).standsAt(view, 5)).toBe(changed === null);
      }),
    );
  });
});

describe('hexWord', () => {
  it('is the four hex digits that printf writes', () => {
    fc.assert(
      fc.property(fc.integer(), (hash) => {
        const written = Buffer.alloc(4);
        written.writeInt32LE(hexWord(hash));
        expect(written.toString('latin1')).toBe((hash & 0xffff).toString(16).padStart(4, '0'));
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { legible, legibleJson, legibleLines, legibleValue } from './legible.js';

const clear = '\u001b[2J';

describe('legible', () => {
  it.each([
    [`a${clear}b`, 'a\\u001b[2Jb'],
    ['8-bit \u009b2J', '8-bit \\u009b2J'],
    ['one\ntwo\r\tthree', 'one\\ntwo\\r\\tthree'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['\u2028 \ud800 \u200b', '\\u2028 \\ud800 \\u200b'],
    ['räck 3 → “ok” 测试 🙂', 'räck 3 → “ok” 测试 🙂'],
  ])('%j', (text, shown) => {
    expect(legible(text)).toBe(shown);
  });

  it('leaves nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(legible(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      }),
    );
  });

  it('keeps line breaks that are our own', () => {
    expect(legibleLines(`a\n  b${clear}`)).toBe('a\n  b\\u001b[2J');
  });
});

describe('legibleValue', () => {
  it('reaches every text, keys as well, and leaves the rest', () => {
    const value = { [`k${clear}`]: [`v${clear}`, 1, null, true, { n: '\n' }], when: new Date(0) };
    expect(legibleValue(value)).toEqual({
      'k\\u001b[2J': ['v\\u001b[2J', 1, null, true, { n: '\\n' }],
      when: new Date(0),
    });
  });
});

describe('legibleJson', () => {
  it('is the same value, without a character that a terminal obeys', () => {
    const value = { text: `a${clear}\u009b\u202e\n\ud83d\ude42\u{e0001}` };
    const json = legibleJson(value);
    expect(JSON.parse(json)).toEqual(value);
    expect(json).toBe('{"text":"a\\u001b[2J\\u009b\\u202e\\n🙂\\udb40\\udc01"}');
  });
});

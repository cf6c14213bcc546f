import { describe, expect, it } from '@jest/globals';
import { kernelSeriesNames } from '../series/kernel-series.mjs';
import { type Anchor, anchorsOf } from './anchors.mjs';
import { insertAll, removeAll } from './insertions.mjs';
import { withoutLineNumbers, zeroContextPatch } from './patch.mjs';

const before: Anchor = { name: 'stamp', file: 'entry.S', line: 'swapgs', place: 'before', insert: ['\tSTAMP'] };
const ranged: Anchor = { ...before, from: 'start of user path', to: 'start of kernel path' };
const text = 'head\n\tswapgs\ntail\n';

describe('insertAll', () => {
  it('puts our lines before or after the anchor, whatever its indentation', () => {
    expect(insertAll(text, [before]).text).toBe('head\n\tSTAMP\n\tswapgs\ntail\n');
    expect(insertAll(text, [{ ...before, place: 'after' }]).text).toBe('head\n\tswapgs\n\tSTAMP\ntail\n');
  });

  it('gives our lines with their numbers in the new text', () => {
    const other: Anchor = {
      ...before,
      name: 'include',
      line: 'head',
      place: 'after',
      insert: ['#include "a"', '#include "b"'],
    };
    expect(insertAll(text, [before, other]).added).toEqual([
      { line: 2, text: '#include "a"' },
      { line: 3, text: '#include "b"' },
      { line: 4, text: '\tSTAMP' },
    ]);
  });

  it('looks only between the lines that bound the range', () => {
    const paths = 'start of user path\n\tswapgs\nstart of kernel path\n\tswapgs\n';
    expect(insertAll(paths, [ranged]).text).toBe(
      'start of user path\n\tSTAMP\n\tswapgs\nstart of kernel path\n\tswapgs\n',
    );
  });

  it.each([
    {
      what: 'a missing anchor',
      source: 'head\ntail\n',
      anchor: before,
      says: '"swapgs" occurs 0 times, expected once',
    },
    { what: 'an anchor met twice', source: '\tswapgs\n\tswapgs\n', anchor: before, says: 'occurs 2 times' },
    { what: 'a longer line', source: '\tswapgs_safe\n', anchor: before, says: 'occurs 0 times' },
    { what: 'a missing range', source: text, anchor: ranged, says: '"start of user path" occurs 0 times' },
    {
      what: 'an open range',
      source: `start of user path\n${text}`,
      anchor: ranged,
      says: 'no "start of kernel path" after',
    },
    { what: 'a second application', source: 'head\n\tSTAMP\n\tswapgs\n', anchor: before, says: 'is applied already' },
  ])('refuses $what, naming anchor and file', ({ source, anchor, says }) => {
    expect(() => insertAll(source, [anchor])).toThrow('anchor "stamp" in entry.S');
    expect(() => insertAll(source, [anchor])).toThrow(says);
  });
});

describe('removeAll', () => {
  it('restores the text, byte by byte', () => {
    const anchors: Anchor[] = [before, { ...before, name: 'after', place: 'after', insert: ['one', 'two'] }];
    expect(removeAll(insertAll(text, anchors).text, anchors)).toBe(text);
  });

  it('refuses a text that does not hold our lines', () => {
    expect(() => removeAll(text, [before])).toThrow('anchor "stamp" in entry.S: is not applied');
  });
});

describe('zeroContextPatch', () => {
  it('holds our lines only, one hunk for lines that stand together', () => {
    const added = [
      { line: 2, text: 'a' },
      { line: 3, text: 'b' },
      { line: 9, text: 'c' },
    ];
    expect(zeroContextPatch([{ file: 'f.c', added }])).toBe(
      ['--- a/f.c', '+++ b/f.c', '@@ -1,0 +2,2 @@', '+a', '+b', '@@ -6,0 +9,1 @@', '+c', ''].join('\n'),
    );
  });

  it('differs by line numbers and source alone when the source moved', () => {
    const one = `# Source: linux 6.1.1\n${zeroContextPatch([{ file: 'f.c', added: [{ line: 2, text: 'a' }] }])}`;
    const two = `# Source: linux 6.1.2\n${zeroContextPatch([{ file: 'f.c', added: [{ line: 7, text: 'a' }] }])}`;
    expect(one).not.toBe(two);
    expect(withoutLineNumbers(one)).toBe(withoutLineNumbers(two));
  });
});

describe('anchorsOf', () => {
  it('knows no other series', () => {
    expect(() => anchorsOf('5.10')).toThrow(
      `unknown kernel series 5.10: the hook knows ${kernelSeriesNames.join(', ')}`,
    );
  });

  it.each(kernelSeriesNames)('gives each anchor of %s a name of its own', (series) => {
    const names = anchorsOf(series).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has lines for the entry code of FRED where the series has it', () => {
    const touched = (series: string) => new Set(anchorsOf(series).map(({ file }) => file));
    expect(touched('6.1')).not.toContain('arch/x86/entry/entry_64_fred.S');
    expect(touched('6.12')).toContain('arch/x86/entry/entry_64_fred.S');
  });
});

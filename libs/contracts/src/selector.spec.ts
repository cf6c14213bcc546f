import { describe, expect, it } from '@jest/globals';
import {
  fieldListNotes,
  fieldListSchema,
  matchesSelector,
  parseFieldList,
  parseSelector,
  SelectorError,
  selectorSchema,
} from './selector.js';

const haswell = { host: 'h1', generation: 'Haswell-EP', virt: 'bare', kernel: '6.1.0' };
const matches = (text: string): boolean => matchesSelector(parseSelector(text), haswell);

describe('selector', () => {
  it.each([
    ['*', true],
    ['generation=Haswell-EP', true],
    ['generation==Haswell-EP', true],
    ['generation=Zen-3', false],
    ['generation!=Zen-3', true],
    ['kernel in (6.1.0, 6.12.0)', true],
    ['kernel notin (6.1.0,6.12.0)', false],
    ['virt', true],
    ['!virt', false],
    ['!nosuch', true],
    ['nosuch!=x', true],
    ['nosuch=x', false],
    ['generation=Haswell-EP, virt=vm', false],
    // Names of Object.prototype are labels of nobody.
    ['constructor', false],
    ['!toString', true],
    ['valueOf!=x', true],
    ['generation=Haswell-EP,kernel in (6.1.0,6.2.0),virt=bare', true],
    // As tables print it.
    ['generation=Haswell EP', true],
    ['generation != Haswell EP', false],
    ['generation in (Zen 3, Haswell EP),virt=bare', true],
  ])('%s -> %s', (text, expected) => {
    expect(matches(text)).toBe(expected);
  });

  it.each([
    ['generation=Xeon (R) Gold', /any other belongs in quotes/],
    ['virt=bare kpti=on', /terms are joined by commas/],
    ['', /empty/],
    ['a=b,,c=d', /empty term/],
    ['a b', /not allowed/],
    ['a in ()', /value ""/],
    ["a='x'", /value/],
    ['a=b;drop', /value/],
    ['=b', /not allowed/],
  ])('refuses %j naming what is wrong', (text, message) => {
    expect(() => parseSelector(text)).toThrow(SelectorError);
    expect(() => parseSelector(text)).toThrow(message);
    expect(selectorSchema.safeParse(text).success).toBe(false);
  });
});

describe('field list', () => {
  it('has each field once, under its present name', () => {
    expect(parseFieldList(' host, microcode,mitigation.mds ,host,series')).toEqual([
      ...['host', 'microcode', 'mitigation.mds', 'kernel-series'],
    ]);
    expect(fieldListNotes('host,series')).toEqual([expect.stringContaining('kernel-series')]);
  });

  it.each([
    ['', /names joined by commas/],
    ['host,', /names joined by commas/],
    ['host=a', /label "host=a" is not allowed/],
    ['a,b,c,d,e,f,g,h,i', /at most 8/],
  ])('refuses %j naming what is wrong', (text, message) => {
    expect(() => parseFieldList(text)).toThrow(message);
    expect(fieldListSchema.safeParse(text).success).toBe(false);
  });
});

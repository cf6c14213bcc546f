import { describe, expect, it } from '@jest/globals';
import { agrees, retold, stepsOf } from './guide.js';

const page = ['# A', '```console', '$ ./xf one', 'a', '…', 'z', '$ ./xf two', '```', 'text', ''].join('\n');

describe('a guide', () => {
  it('has a step for each command, with the lines below it', () => {
    expect(stepsOf(page)).toEqual([
      { command: './xf one', shown: ['a', '…', 'z'] },
      { command: './xf two', shown: [] },
    ]);
  });

  it('agrees with other ids, and with any lines where it leaves some out', () => {
    expect(agrees(['a', '…', 'z'], ['a', 'z'])).toBe(true);
    expect(agrees(['a', '…', 'z'], ['a', 'b', 'c', 'z'])).toBe(true);
    expect(agrees(['a', '…'], ['a'])).toBe(true);
    const id = '01a219eb-68e5-72a8-8cb9-f9842fd87051';
    expect(agrees([`run ${id}`], [`run ${id.replace('01a', '01b')}  `])).toBe(true);
  });

  it('does not agree with another figure, a line too many or one too few', () => {
    expect(agrees(['p50 419'], ['p50 420'])).toBe(false);
    expect(agrees(['a'], ['a', 'b'])).toBe(false);
    expect(agrees(['a', 'b'], ['a'])).toBe(false);
    expect(agrees(['a', '…', 'z'], ['a', 'z', 'b'])).toBe(false);
    expect(agrees([], ['a'])).toBe(false);
  });

  it('is retold where it no longer agrees, and left as it is where it does', () => {
    expect(retold(page, [['a', 'b', 'z'], ['two']])).toBe(page.replace('$ ./xf two', '$ ./xf two\ntwo'));
    expect(stepsOf(retold(page, [['c'], []]))).toEqual([
      { command: './xf one', shown: ['c'] },
      { command: './xf two', shown: [] },
    ]);
  });
});

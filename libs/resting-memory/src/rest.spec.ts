import { describe, expect, it } from '@jest/globals';
import { Rest } from './rest.js';

/** What `hasCome` answers every 5 s, of a process that meanwhile used so many ms of CPU. */
function answers(...used: number[]): boolean[] {
  const rest = new Rest();
  let cpuMs = 0;
  return used.map((ms, index) => rest.hasCome((cpuMs += ms), index * 5_000));
}

describe('rest', () => {
  it('has come once after a busy time', () => {
    expect(answers(3_000, 4_000, 4_000, 100, 100, 100)).toEqual([false, false, false, true, false, false]);
  });

  it('comes again after the next busy time', () => {
    expect(answers(0, 4_000, 50, 50, 3_000, 50)).toEqual([false, false, true, false, false, true]);
  });

  it('is not there while it is busy, however long', () => {
    expect(answers(...Array.from({ length: 20 }, () => 600))).not.toContain(true);
  });

  it('has nothing to give back where little was done', () => {
    expect(answers(100, 100, 100, 100)).not.toContain(true);
  });
});

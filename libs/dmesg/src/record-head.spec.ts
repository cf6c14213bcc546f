import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { longestRecordHeadBytes, NextRecordHead, RecordHeadReader } from './record-head.js';

const withRoom = (head: string): Buffer =>
  Buffer.from(head.padEnd(longestRecordHeadBytes + head.length, '.'), 'latin1');
const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
/** Offset of the message of a head that the quick way believes to be number `expected`; -1 when it leaves it alone. */
const quick = (head: string, expected: number): number => {
  const bytes = withRoom(head);
  const next = new NextRecordHead();
  next.follow(expected - 1);
  return next.read(bytes, viewOf(bytes), 0);
};

describe('the record head that is expected next', () => {
  it.each([
    ['6,123456,98765432,-;', 123_456],
    ['30,9999999,1,c;', 9_999_999],
    ['4,100000,12345678901,-;', 100_000],
    ['6,7,12,-;', 7],
    ['6,4321,5000000,-;', 4_321],
  ])('%s is known at once', (head, number) => {
    expect(quick(head, number)).toBe(head.length);
  });

  it.each([
    ['6,123457,98765432,-;', 'another number'],
    ['6,123456,98765432,-,caller=T7;', 'more than a flag'],
    ['6,123456,9876543x,-;', 'no time'],
    ['6,123456,,-;', 'no time at all'],
    ['6,123456,98765432,;', 'no flag'],
    [' 6,123456,98765432,-;', 'a blank before it'],
    ['6,123456,98765432,\n;', 'a newline for a flag'],
  ])('%j is left to a closer look: %s', (head) => {
    expect(quick(head, 123_456)).toBe(-1);
  });

  it.each([998_750, 8_750, 0])('goes on from record to record, over every change of digits, from %d on', (from) => {
    const numbers = Array.from({ length: 2_500 }, (_, index) => from + index);
    const log = withRoom(numbers.map((number) => `6,${number},${number * 9},-;`).join(''));
    const next = new NextRecordHead();
    const careful = new RecordHeadReader();
    next.follow(numbers[0]! - 1);
    let at = 0;
    let leftAlone = 0;
    for (const number of numbers) {
      expect(careful.read(log, at, log.length)).toBe(true);
      expect(careful.seq).toBe(number);
      const message = next.read(log, viewOf(log), at);
      if (message < 0) {
        leftAlone++;
        next.follow(number);
      } else expect(message).toBe(careful.message);
      at = careful.message;
    }
    // Where the number gets a digit more.
    expect(leftAlone).toBe(String(from + 2_499).length - String(from).length);
  });

  it('never believes what the careful reader would not', () => {
    const bytes = fc.array(fc.constantFrom(...'0123456789,;.- \n'), { maxLength: 12 }).map((all) => all.join(''));
    const cut = fc.tuple(fc.nat(24), fc.nat(6), bytes);
    fc.assert(
      fc.property(cut, ([from, length, inserted]) => {
        const head = '6,123456,98765432,-;text';
        const changed = head.slice(0, from) + inserted + head.slice(from + length);
        const message = quick(changed, 123_456);
        if (message < 0) return;
        const careful = new RecordHeadReader();
        expect(careful.read(withRoom(changed), 0, changed.length)).toBe(true);
        expect([careful.seq, careful.message]).toEqual([123_456, message]);
      }),
      { numRuns: 2_000 },
    );
  });
});

import { deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { deflatedBytes, firstLines } from './first-lines.js';

const line = (seq: number, more = ''): string =>
  `xperf: magic=0x19940619 v=1 run=0123abcd pid=7 cpu=1 seq=${seq}${more}`;
const start = (text: string): Buffer => deflateSync(text).subarray(0, deflatedBytes);

describe('firstLines', () => {
  it('are those of the measurement, without what else the machine printed', () => {
    const log = `usb 1-1: serial 12345\r\n[ 1.5] ${line(0)}\r\n${line(1)}\n`;
    expect(firstLines(start(log))).toEqual([`[ 1.5] ${line(0)}`, line(1)]);
  });

  it('are four, cut where they are long', () => {
    const lines = firstLines(start([0, 1, 2, 3, 4].map((seq) => `${line(seq, ' d=1/2'.repeat(100))}\n`).join('')));
    expect(lines.map((one) => one.length)).toEqual([160, 160, 160, 160]);
    expect(lines[0]).toMatch(/^xperf: .*…$/);
  });

  it('hold no byte that PostgreSQL or a board would not take', () => {
    expect(firstLines(start(`${line(0)}\0\u001b[31m\u00e4\n`))).toEqual([`${line(0)}??[31m??`]);
  });

  it('hold no line that the first bytes cut', () => {
    // Random digits deflate badly: the first bytes end within a line.
    let random = 1;
    const digits = () => String((random = (random * 48_271) % 2_147_483_647));
    const long = Array.from({ length: 3 }, (_, seq) => line(seq, ` d=${Array.from({ length: 900 }, digits).join()}`));
    const bytes = start(`${long.join('\n')}\n`);
    expect(bytes).toHaveLength(deflatedBytes);
    expect(firstLines(bytes).length).toBeLessThan(3);
  });
});

import { describe, expect, it } from '@jest/globals';
import { PortLines, type PortPart } from './port-lines.js';

const stream =
  '@guest protocol=1\n@fact /proc/version Linux v\n6,100,5000,-;first @ record\n6,101,5001,-;ümlaut\n@epipe\n' +
  '6,140,5002,-;third\n@exit status=0 signal=0\n@end\n';

function partsOf(text: string, cuts: number): { log: string; lines: string[] } {
  const port = new PortLines();
  const bytes = Buffer.from(text);
  const parts: PortPart[] = [];
  for (let from = 0; from < bytes.length; from += cuts) parts.push(...port.push(bytes.subarray(from, from + cuts)));
  parts.push(...port.end());
  const log = Buffer.concat(parts.flatMap((part) => (part.kind === 'log' ? [part.bytes] : []))).toString();
  return { log, lines: parts.flatMap((part) => (part.kind === 'guest' ? [part.line] : [])) };
}

describe('the lines of the port', () => {
  it.each(Array.from({ length: 40 }, (_, at) => at + 1))('are parted alike in chunks of %i bytes', (cuts) => {
    expect(partsOf(stream, cuts)).toEqual({
      log: '6,100,5000,-;first @ record\n6,101,5001,-;ümlaut\n6,140,5002,-;third\n',
      lines: ['guest protocol=1', 'fact /proc/version Linux v', 'epipe', 'exit status=0 signal=0', 'end'],
    });
  });

  it('keep their order', () => {
    expect(new PortLines().push(Buffer.from(stream)).map(({ kind }) => kind)).toEqual(
      ['guest', 'guest', 'log', 'guest', 'log', 'guest', 'guest'], // prettier-ignore
    );
  });

  it('give a record that was cut to the log, and drop a word of the guest that was', () => {
    expect(partsOf('6,1,2,-;half a rec', 5)).toEqual({ log: '6,1,2,-;half a rec', lines: [] });
    expect(partsOf('@en', 2)).toEqual({ log: '', lines: [] });
  });

  it('do not gather without bound what never ends', () => {
    const port = new PortLines();
    const passed = Array.from({ length: 10 }, () => port.push(Buffer.alloc(50_000, '7'))).flat();
    const bytes = passed.reduce((sum, part) => sum + (part.kind === 'log' ? part.bytes.length : 0), 0);
    expect(bytes).toBeGreaterThan(400_000);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Probe } from '#contracts';
import { ContractLineParser, longestLineBytes } from './contract-line.js';
import { fnv1a } from './fnv1a.js';
import { formatContractLine } from './index.js';
import { SampleBuffer } from './sample-buffer.js';
import { SampleLineTemplate } from './sample-line-template.js';

const nonce = '0badf00d';
const shapes: { probe: Probe; fields: string }[] = [
  { probe: 'pf', fields: 'pid=77 cpu=3 seq=123 u2k=440 k2u=270 irq=0' },
  { probe: 'pf', fields: 'pid=77 cpu=3 seq=0 n=5 d=440/270,5/0,1234567/-1!,441/9!,99/-1' },
  { probe: 'pf_rt', fields: 'pid=77 cpu=3 seq=9 pf_rt=0 irq=1' },
  { probe: 'syscall_rt', fields: 'pid=77 cpu=3 seq=9 n=4 syscall_rt=440,0!,123456789,7' },
];

/** The line with so much behind it that every quick way is open. */
const withRoom = (line: string): Buffer => Buffer.from(line.padEnd(2 * longestLineBytes, '\n'), 'latin1');

interface Found {
  end: number;
  firstSeq: number;
  first: number[];
  second: number[];
  interrupted: number[];
}

function carefully(line: string, probe: Probe): Found | null {
  const parser = new ContractLineParser(nonce, probe);
  const bytes = withRoom(line);
  if (parser.parse(bytes, 0, bytes.length) !== 'samples') return null;
  const { count, end, firstSeq } = parser;
  const [first, second] = [parser.first, parser.second].map((column) => [...column.subarray(0, count)]);
  return { end, firstSeq, first: first!, second: second!, interrupted: [...parser.interrupted.subarray(0, count)] };
}

function quickly(line: string, learnt: string, probe: Probe): Found | null {
  const parser = new ContractLineParser(nonce, probe);
  const pattern = withRoom(learnt);
  parser.parse(pattern, 0, pattern.length);
  const template = new SampleLineTemplate(probe);
  template.learn(pattern, 0, parser);
  const bytes = withRoom(line);
  const target = new SampleBuffer(probe);
  const end = template.read(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, target);
  if (end < 0) return null;
  const [first, second] = [target.first, target.second].map((column) => [...column.subarray(0, template.samples)]);
  const interrupted = [...target.interrupted.subarray(0, template.samples)];
  return { end, firstSeq: template.firstSeq, first: first!, second: second!, interrupted };
}

/** A second column has no meaning in round trips. */
const meant = (found: Found | null, probe: Probe): unknown =>
  found === null || probe === 'pf' ? found : { ...found, second: [] };

describe.each(shapes)('the quick way through lines of $probe like "$fields"', ({ probe, fields }) => {
  const line = formatContractLine(nonce, fields);

  it('reads what the careful way reads', () => {
    expect(carefully(line, probe)).not.toBeNull();
    expect(meant(quickly(line, line, probe), probe)).toEqual(meant(carefully(line, probe), probe));
  });

  it('never believes a changed line that the careful way would not, though its checksum be right', () => {
    const inserted = fc.array(fc.constantFrom(...'0123456789/,!- =n'), { maxLength: 14 }).map((all) => all.join(''));
    const change = fc.tuple(fc.integer({ min: 45, max: line.length - 12 }), fc.nat(4), inserted);
    fc.assert(
      fc.property(change, ([from, length, text]) => {
        const body = (line.slice(0, from) + text + line.slice(from + length)).replace(/ ck=[0-9a-f]{8}$/, '');
        const forged = `${body} ck=${fnv1a(Buffer.from(body)).toString(16).padStart(8, '0')}`;
        const found = quickly(forged, line, probe);
        if (found !== null) expect(meant(found, probe)).toEqual(meant(carefully(forged, probe), probe));
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves a line with a comma behind its last number alone, though its checksum be right', () => {
    expect(quickly(formatContractLine(nonce, `${fields},`), line, probe)).toBeNull();
  });

  it.each([
    ['a digit changed', (text: string) => text.replace('77', '78')],
    ['its checksum cut', (text: string) => text.slice(0, -1)],
    ['its checksum in capitals', (text: string) => text.slice(0, -8) + text.slice(-8).toUpperCase()],
    ['nothing but its head', (text: string) => text.slice(0, text.indexOf('seq=') + 4)],
  ])('leaves a line with %s alone', (_name, change) => {
    const changed = change(line);
    expect(changed).not.toBe(line);
    expect(quickly(changed, line, probe)).toBeNull();
  });
});

describe('numbers', () => {
  it.each(['1234567890', '4294967297', '007', '-1'])('of %s cycles are left to the careful way', (cycles) => {
    const fields = (u2k: string): string => `pid=77 cpu=3 seq=1 u2k=${u2k} k2u=270 irq=0`;
    expect(quickly(formatContractLine(nonce, fields(cycles)), formatContractLine(nonce, fields('1')), 'pf')).toBeNull();
  });
});

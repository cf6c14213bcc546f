import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Probe } from '#contracts';
import { ContractLineParser, longestLineBytes } from '../contract-line.js';
import { fnv1a } from '../fnv1a.js';
import { formatContractLine } from '../index.js';
import { RecordHeadReader } from '../record-head.js';
import { needleOffset, why } from './memory.js';
import { type Allowed, QuickScan } from './quick-scan.js';
import { sharedScan } from './shared-scan.js';

const nothing = new Uint8Array(0);
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('the record head that is expected next', () => {
  /** Offset of the message of a head that the scan believes to be number `expected`; -1 when it leaves it alone. */
  const quick = (head: string, expected: number): number => {
    const scan = new QuickScan(sharedScan(), 'pf', true);
    scan.enter(nothing, latin1(`${head}a message`));
    scan.expectRecord(expected);
    const at = scan.scan(0, 1);
    if (scan.passed === 1) return at;
    expect([at, scan.why]).toEqual([0, why.line]);
    return -1;
  };

  it.each([
    ['6,123456,98765432,-;', 123_456],
    ['30,9999999,1,c;', 9_999_999],
    ['4,100000,1234567890123456,-;', 100_000],
    ['6,7,12,-;', 7],
    ['6,12345678901234,5000000,-;', 12_345_678_901_234],
  ])('%s is known at once', (head, number) => {
    expect(quick(head, number)).toBe(head.length);
  });

  it.each([
    ['6,123457,98765432,-;', 'another number'],
    ['6,123456,98765432,-,caller=T7;', 'more than a flag'],
    ['6,123456,9876543x,-;', 'no time'],
    ['6,123456,12345678901234567,-;', 'a time of more digits than are looked at'],
    ['6,123456,,-;', 'no time at all'],
    ['6,123456,98765432,;', 'no flag'],
    ['x,123456,98765432,-;', 'no priority'],
    ['6,123456,98765432,\n;', 'a newline for a flag'],
  ])('%j is left to a closer look: %s', (head) => {
    expect(quick(head, 123_456)).toBe(-1);
  });

  it.each([998_750, 8_750, 0])('goes on from record to record, over every change of digits, from %d on', (from) => {
    const numbers = Array.from({ length: 2_500 }, (_, index) => from + index);
    const log = latin1(numbers.map((number) => `6,${number},${number * 9},-;\n SUBSYSTEM=usb\n`).join(''));
    const scan = new QuickScan(sharedScan(), 'pf', true);
    const careful = new RecordHeadReader();
    scan.enter(nothing, log);
    let number = from;
    let leftAlone = 0;
    scan.expectRecord(number);
    for (let at = 0; at < log.length;) {
      at = scan.scan(at, log.length);
      number += scan.passed;
      if (scan.why !== why.line || log[at] === 0x20) continue;
      expect(careful.read(log, at, log.length)).toBe(true);
      expect(careful.seq).toBe(number);
      leftAlone++;
      number++;
      scan.expectRecord(number);
    }
    expect(number).toBe(from + 2_500);
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
        if (changed.startsWith(' ')) return; // a line that continues a record
        const message = quick(changed, 123_456);
        if (message < 0) return;
        const careful = new RecordHeadReader();
        expect(careful.read(latin1(changed), 0, changed.length)).toBe(true);
        expect([careful.seq, careful.message]).toEqual([123_456, message]);
      }),
      { numRuns: 2_000 },
    );
  });
});

const nonce = '0badf00d';
const shapes: { probe: Probe; fields: string }[] = [
  { probe: 'pf', fields: 'pid=77 cpu=3 seq=123 u2k=440 k2u=270 irq=0' },
  { probe: 'pf', fields: 'pid=77 cpu=3 seq=0 n=5 d=440/270,5/0,1234567/-1!,441/9!,99/-1' },
  { probe: 'pf_rt', fields: 'pid=77 cpu=3 seq=9 pf_rt=0 irq=1' },
  { probe: 'syscall_rt', fields: 'pid=77 cpu=3 seq=9 n=4 syscall_rt=440,0!,123456789,7' },
];

interface Found {
  end: number;
  firstSeq: number;
  first: number[];
  second: number[];
  interrupted: number[];
}

function carefully(line: string, probe: Probe): Found | null {
  const parser = new ContractLineParser(nonce, probe);
  const bytes = latin1(`${line}\n`);
  if (parser.parse(bytes, 0, Math.min(bytes.length, longestLineBytes)) !== 'samples') return null;
  const { count, end, firstSeq } = parser;
  const [first, second] = [parser.first, parser.second].map((column) => [...column.subarray(0, count)]);
  return { end, firstSeq, first: first!, second: second!, interrupted: [...parser.interrupted.subarray(0, count)] };
}

function quickly(line: string, learnt: string, probe: Probe, allowed: Partial<Allowed> = {}): Found | null {
  const scan = new QuickScan(sharedScan(), probe, false);
  const parser = new ContractLineParser(nonce, probe);
  scan.enter(nothing, latin1(learnt));
  parser.parse(scan.bytes, 0, learnt.length);
  scan.learn(0, parser);
  scan.leave();
  scan.enter(nothing, latin1(line));
  const firstSeq = carefully(line, probe)?.firstSeq ?? parser.firstSeq;
  scan.allow({ next: firstSeq, announced: null, samples: 4_096, rawLimit: null, ...allowed });
  scan.scan(0, needleOffset + 1);
  const { samples } = scan;
  if (samples === 0) return null;
  const [first, second] = [scan.first, scan.second].map((column) => [...column.subarray(0, samples)]);
  const interrupted = [...scan.interrupted.subarray(0, samples)];
  return { end: scan.rawTo, firstSeq, first: first!, second: second!, interrupted };
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
        const forged = `${body} ck=${fnv1a(latin1(body)).toString(16).padStart(8, '0')}`;
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

  it('leaves a line alone that is not the next, ends behind the run, finds no room or lies too far back', () => {
    const { firstSeq = 0, first = [], end = 0 } = carefully(line, probe) ?? {};
    const faults = firstSeq + first.length;
    expect(quickly(line, line, probe, { announced: faults, samples: 1, rawLimit: end })).not.toBeNull();
    for (const allowed of [{ next: firstSeq + 1 }, { announced: faults - 1 }, { samples: 0 }, { rawLimit: end - 1 }])
      expect(quickly(line, line, probe, allowed)).toBeNull();
  });
});

describe('numbers', () => {
  it.each(['1234567890', '4294967297', '007', '-1'])('of %s cycles are left to the careful way', (cycles) => {
    const fields = (u2k: string): string => `pid=77 cpu=3 seq=1 u2k=${u2k} k2u=270 irq=0`;
    expect(quickly(formatContractLine(nonce, fields(cycles)), formatContractLine(nonce, fields('1')), 'pf')).toBeNull();
  });
});

describe('a line longer than any that is believed', () => {
  it('is left to the careful way, which does not believe it', () => {
    const batch = (pair: string): string => `pid=77 cpu=3 seq=1 n=64 d=${Array<string>(64).fill(pair).join()}`;
    const long = formatContractLine(nonce, batch('123456789/123456789'));
    expect(long.length).toBeGreaterThan(longestLineBytes);
    expect(carefully(long, 'pf')).toBeNull();
    expect(quickly(long, formatContractLine(nonce, batch('1/1')), 'pf')).toBeNull();
  });
});

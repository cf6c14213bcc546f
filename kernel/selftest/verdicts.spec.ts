import { describe, expect, it } from '@jest/globals';
import { fnv1a, readPort, readRuns } from './port-text.mjs';
import {
  accountLosses,
  declaredComplaints,
  exactness,
  runComplaints,
  settlingComplaints,
  summarize,
} from './verdicts.mjs';

const nonce = '0badcafe';
const line = (rest: string) => {
  const content = `xperf: magic=0x19940619 v=1 run=${nonce} ${rest}`;
  return `${content} ck=${fnv1a(content)}`;
};
const record = (sequence: number, text: string) => `6,${sequence},1000,-;${text}`;
const begin = line('begin probe=pf faults=4 warmup=0 pid=7 cpu=0 batch=2 overhead=26');
const whole = [
  '@guest protocol=1',
  '@fact /proc/xperf version=1',
  record(10, 'xperf-guest: the log is followed from here'),
  record(11, begin),
  record(12, line('pid=7 cpu=0 seq=0 n=2 d=3/11,3/11')),
  record(13, line('pid=7 cpu=0 seq=2 n=2 d=3/11,90/-1!')),
  record(14, line('end faults=4 samples=4 rejected=0')),
  '@exit status=0 signal=0',
  '@after',
  '@fact /proc/xperf samples=4',
  '@end',
  '',
];

const readWhole = (lines: string[]) => {
  const port = readPort(lines.join('\n'));
  const { runs, damaged } = readRuns(port.records);
  const run = runs.get(nonce);
  if (!run) throw new Error('the text above holds lines of this run');
  return { port, run, damaged };
};

describe('fnv1a', () => {
  it('gives the published values', () => {
    // FNV reference vectors, http://www.isthe.com/chongo/src/fnv/test_fnv.c
    expect([fnv1a(''), fnv1a('a'), fnv1a('foobar')]).toEqual(['811c9dc5', 'e40c292c', 'bf9cf968']);
  });
});

describe('readPort', () => {
  it('tells records, facts, output and end apart', () => {
    const { port } = readWhole(whole);
    expect(port.complete).toBe(true);
    expect(port.records).toHaveLength(5);
    expect(port.lostRecords).toBe(0);
    expect(port.facts.get('/proc/xperf')).toEqual(['version=1']);
    expect(port.factsAfter.get('/proc/xperf')).toEqual(['samples=4']);
    expect(port.exit).toEqual({ status: 0, signal: 0 });
  });

  it('adds up the jumps of the sequence numbers', () => {
    const { port } = readWhole(whole.filter((text) => !text.startsWith('6,12,') && !text.startsWith('6,13,')));
    expect(port.lostRecords).toBe(2);
  });
});

describe('verdicts', () => {
  it('accept a whole run and give its figures, flagged samples apart', () => {
    const { run } = readWhole(whole);
    expect(runComplaints('run', run, 4)).toEqual([]);
    expect(summarize(run)).toEqual({
      samples: 4,
      flagged: 1,
      rejected: 0,
      u2k: { min: 3, max: 3 },
      k2u: { min: 11, max: 11 },
    });
    expect(exactness('run', run, { u2k: 3, k2u: 11 })).toEqual({ mismatched: 0, complaints: [] });
  });

  it('count a single unflagged sample that is off by one', () => {
    const { run } = readWhole(
      whole.map((text) => (text.includes('seq=0') ? record(12, line('pid=7 cpu=0 seq=0 n=2 d=3/11,4/11')) : text)),
    );
    expect(exactness('run', run, { u2k: 3, k2u: 11 }).mismatched).toBe(1);
  });

  it.each([
    {
      what: 'a sequence number twice',
      replaced: 'pid=7 cpu=0 seq=0 n=2 d=3/11,90/-1!',
      says: 'sequence numbers twice',
    },
    { what: 'a foreign process', replaced: 'pid=8 cpu=0 seq=2 n=2 d=3/11,3/11', says: 'lines of 2 processes' },
    { what: 'a negative k2u', replaced: 'pid=7 cpu=0 seq=2 n=2 d=3/-5,3/11', says: 'negative or unreadable k2u' },
    { what: 'an unreadable value', replaced: 'pid=7 cpu=0 seq=2 n=2 d=3/11,x/11', says: 'negative or unreadable u2k' },
    { what: 'a missing sample', replaced: 'pid=7 cpu=0 seq=2 n=1 d=3/11', says: '3 samples read, 4 printed' },
    { what: 'a number beyond the run', replaced: 'pid=7 cpu=0 seq=3 n=2 d=3/11,3/11', says: 'beyond 4' },
  ])('complain of $what', ({ replaced, says }) => {
    const { run } = readWhole(whole.map((text) => (text.startsWith('6,13,') ? record(13, line(replaced)) : text)));
    expect(runComplaints('run', run, 4).join('; ')).toContain(says);
  });

  it('never take a line whose checksum is wrong', () => {
    const { run, damaged } = readWhole(whole.map((text) => text.replace('3/11,90/-1!', '3/11,80/-1!')));
    expect(damaged).toHaveLength(1);
    expect(run.samples).toHaveLength(2);
  });
});

describe('settlingComplaints', () => {
  const chunk = (first: number, count: number) =>
    line(`pid=7 cpu=0 seq=${first} n=${count} d=${Array.from({ length: count }, () => '3/11').join(',')}`);
  const runOf = (...lines: string[]) => readWhole(lines.map((text, index) => record(index, text))).run;

  it('accept lines that begin with chunks, whatever the warm-up', () => {
    expect(settlingComplaints('run', runOf(chunk(0, 54), chunk(54, 46)), 10, 100, ['settled=10'])).toEqual([]);
  });

  it('complain of a line within a chunk, and of a hook that saw no settling fault', () => {
    expect(settlingComplaints('run', runOf(chunk(0, 64), chunk(64, 36)), 10, 100, ['samples=100'])).toEqual([
      'run: 1 lines begin within a chunk, the first at 64',
      'run: NaN settling faults, expected 10',
    ]);
  });
});

describe('declaredComplaints', () => {
  const declared = { u2k: 3, k2u: 11, k2uWithVerw: 12 };
  const found = (u2k: number, k2u: number, path: string[]) => ({ u2k, k2u, k2uPath: path });

  it('takes the count for the CPU that it was counted on, and for the program', () => {
    expect(declaredComplaints('run', found(3, 11, ['rdtsc', 'jmp 0x4']), declared, 1)).toEqual([]);
    expect(declaredComplaints('run', found(5, 12, ['rdtsc', 'verw 0x1(%rip)']), declared, 3)).toEqual([]);
  });

  it('names what the kernel series declares and the memory does not hold', () => {
    expect(declaredComplaints('run', found(4, 12, ['rdtsc']), declared, 1)).toEqual([
      'run: 4 instructions in u2k, the kernel series declares 3',
      'run: 12 instructions in k2u, the kernel series declares 11',
    ]);
  });
});

describe('accountLosses', () => {
  const single = [
    record(1, line('begin probe=pf faults=3 warmup=0 pid=7 cpu=0 batch=1 overhead=26')),
    record(2, line('pid=7 cpu=0 seq=0 u2k=3 k2u=11 irq=0')),
    record(5, line('end faults=3 samples=3 rejected=0')),
  ];

  it('accounts for every lost line by the sequence numbers', () => {
    const { port, run } = readWhole(single);
    expect(accountLosses('run', run, 3, port.lostRecords)).toEqual({
      received: 1,
      lost: 2,
      rejected: 0,
      complaints: [],
    });
  });

  it('complains when the numbers do not add up', () => {
    const { run } = readWhole(single);
    expect(accountLosses('run', run, 3, 1).complaints).toHaveLength(1);
  });
});

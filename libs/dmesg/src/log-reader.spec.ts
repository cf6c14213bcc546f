import { describe, expect, it } from '@jest/globals';
import { createLogReader, formatContractLine, type GapItem, type LogItem, type LogReaderOptions } from './index.js';
import { lineStartText, longestLineBytes } from './contract-line.js';

const nonce = '0badf00d';
const line = (fields: string, run = nonce): string => formatContractLine(run, fields);
const begin = (faults: number, probe = 'pf'): string =>
  line(`begin probe=${probe} faults=${faults} warmup=5 pid=77 cpu=3 batch=1 overhead=24`);
const sample = (seq: number, u2k = 440, k2u = 270): string =>
  line(`pid=77 cpu=3 seq=${seq} u2k=${u2k} k2u=${k2u} irq=0`);
const end = (faults: number, samples: number): string =>
  line(`end faults=${faults} samples=${samples} rejected=${faults - samples}`);
const kmsg = (lines: string[], firstSeq = 100): string[] =>
  lines.map((text, index) => `6,${firstSeq + index},${5_000_000 + index},-;${text}`);

function read(lines: string[], options: Partial<LogReaderOptions> = {}) {
  const reader = createLogReader({ nonce, probe: 'pf', ...options });
  const items = [...reader.push(Buffer.from(lines.map((text) => `${text}\n`).join(''))), ...reader.end()];
  return { items, accounting: reader.accounting() };
}
const gaps = (items: LogItem[]): GapItem[] => items.filter((item) => item.kind === 'gap');
const lostTotal = (items: LogItem[]): number => gaps(items).reduce((sum, gap) => sum + gap.lostSamples, 0);

describe('a whole run', () => {
  it('is read from /dev/kmsg records', () => {
    const { items, accounting } = read(kmsg([begin(3), sample(0, 440, 270), sample(1, 441, -1), sample(2), end(3, 3)]));
    expect(items.map((item) => item.kind)).toEqual(['begin', 'samples', 'end']);
    expect(items[0]).toMatchObject({ probe: 'pf', faults: 3, warmup: 5, pid: 77, cpu: 3, overheadCycles: 24 });
    expect(items[1]).toMatchObject({
      cpu: 3,
      pid: 77,
      seq: Int32Array.of(0, 1, 2),
      columns: { u2k: Int32Array.of(440, 441, 440), k2u: Int32Array.of(270, -1, 270) },
    });
    expect(accounting).toEqual({
      announced: 3,
      samples: 3,
      lost: 0,
      rejected: 0,
      damagedLines: 0,
      repeatedLines: 0,
      foreignLines: 0,
      overheadCycles: 24,
      ended: true,
    });
  });

  it('is read from dmesg text and from bare lines alike', () => {
    const lines = [begin(2), sample(0), sample(1), end(2, 2)];
    const bare = read(lines, { form: 'bare' });
    const dmesg = read(lines.map((text) => `[   12.345678] ${text}`));
    expect(bare.accounting).toEqual(dmesg.accounting);
    expect(bare.accounting.samples).toBe(2);
  });

  it('gives byte ranges that cut out the lines they came from', () => {
    const lines = kmsg([begin(1), sample(0), end(1, 1)]);
    const { items } = read(lines);
    const log = Buffer.from(lines.join('\n'));
    expect(items.map((item) => log.toString('latin1', item.rawFrom, item.rawTo))).toEqual([
      begin(1),
      sample(0),
      end(1, 1),
    ]);
  });

  it('reads batches, interrupted samples and a missing exit stamp', () => {
    const { items } = read([begin(3), line('pid=77 cpu=3 seq=0 n=3 d=400/200,401/-1!,402/202'), end(3, 3)]);
    expect(items[1]).toMatchObject({
      columns: { u2k: Int32Array.of(400, 401, 402), k2u: Int32Array.of(200, -1, 202) },
      interrupted: Uint8Array.of(0, 1, 0),
    });
  });

  it('reads round trips only in a run of their own probe', () => {
    const lines = [begin(2, 'pf_rt'), line('pid=77 cpu=3 seq=0 n=2 pf_rt=900,910!'), end(2, 2)];
    const { items, accounting } = read(lines, { probe: 'pf_rt' });
    expect(items[1]).toMatchObject({ columns: { pf_rt: Int32Array.of(900, 910) } });
    expect(accounting.samples).toBe(2);
    expect(read(lines, { probe: 'pf' }).accounting).toMatchObject({ samples: 0, damagedLines: 2 });
  });

  it('tolerates further fields on the begin line', () => {
    const lines = [
      line('begin probe=pf faults=1 warmup=5 pid=77 cpu=3 batch=1 overhead=24 chunk=64'),
      sample(0),
      end(1, 1),
    ];
    expect(read(lines).accounting).toMatchObject({ announced: 1, damagedLines: 0 });
  });
});

describe('what is missing', () => {
  it('tells rejected faults from lost ones by the end line', () => {
    const { items, accounting } = read([begin(4), sample(0), sample(3), end(4, 2)]);
    expect(accounting).toMatchObject({ samples: 2, lost: 0, rejected: 2 });
    expect(gaps(items)).toEqual([]);
  });

  it('counts lost records by the numbers of the kernel log, and their samples once', () => {
    const records = kmsg([begin(6), sample(0), sample(1), sample(2), sample(3), sample(4), sample(5), end(6, 6)]);
    records.splice(3, 2);
    const { items, accounting } = read(records);
    expect(accounting).toMatchObject({ announced: 6, samples: 4, lost: 2, rejected: 0 });
    expect(gaps(items).map(({ reason, lostRecords, lostSamples }) => ({ reason, lostRecords, lostSamples }))).toEqual([
      { reason: 'record-gap', lostRecords: 2, lostSamples: 0 },
      { reason: 'sample-gap', lostRecords: null, lostSamples: 2 },
    ]);
  });

  it('lays losses where the log shows damage, and leaves the rest to the rejected faults', () => {
    const cut = sample(5).slice(0, -4);
    const { items, accounting } = read([
      begin(8),
      sample(0),
      sample(2),
      sample(3),
      sample(4),
      cut,
      sample(6),
      end(8, 6),
    ]);
    expect(accounting).toMatchObject({ samples: 5, lost: 1, rejected: 2, damagedLines: 1 });
    const holes = gaps(items).filter(({ reason }) => reason === 'sample-gap');
    expect(holes.map(({ detail }) => detail)).toEqual(['of seq 5 to 5, 1 samples are missing from the log']);
  });

  it('says that the end line is missing and counts the tail as lost', () => {
    const { items, accounting } = read([begin(10), sample(0), sample(1)]);
    expect(accounting).toMatchObject({ announced: 10, samples: 2, lost: 8, rejected: 0, ended: false });
    expect(gaps(items)).toMatchObject([{ reason: 'end-missing', lostSamples: 8 }]);
  });

  it('says that fewer samples were read than the end line announces', () => {
    const { items, accounting } = read([begin(3), sample(0), end(3, 3)]);
    expect(accounting).toMatchObject({ samples: 1, lost: 2 });
    expect(gaps(items)).toMatchObject([{ reason: 'count-mismatch', lostSamples: 2 }]);
  });

  it('reads on without the begin line and takes the count from the end line', () => {
    const { accounting } = read(kmsg([sample(2), sample(3), end(4, 4)]));
    expect(accounting).toMatchObject({ announced: 4, samples: 2, lost: 2, overheadCycles: null });
  });

  it('notices record numbers that go back', () => {
    const { items } = read([...kmsg([begin(2), sample(0)], 500), ...kmsg([sample(1), end(2, 2)], 0)]);
    expect(gaps(items)).toMatchObject([{ reason: 'record-gap', lostRecords: null }]);
  });
});

describe('what is not believed', () => {
  it.each([
    ['a flipped digit', sample(1).replace('u2k=440', 'u2k=448'), /checksum/],
    ['a line cut in the middle', sample(1).slice(0, 70), /cut short/],
    ['another line spliced in', sample(1).replace('u2k=440', 'u2k=[  5.1] usb'), /a number of cycles/],
    ['a batch that is too long', line('pid=77 cpu=3 seq=1 n=65 d=1/1'), /n= from 1 to 64/],
    ['a number that no column holds', sample(1, 2 ** 31), /a number of cycles/],
    ['a batch whose numbers no column holds', line(`pid=77 cpu=3 seq=${2 ** 31 - 1} n=2 d=1/1,2/2`), /last seq/],
    ['a sequence number past the announced faults', sample(3), /seq up to 3 in a run of 3 faults/],
    ['round trips in a run of page faults', line('pid=77 cpu=3 seq=1 pf_rt=900 irq=0'), /a sample of probe pf/],
    ['a head that is not ours', sample(1).replace('xperf: ', 'xpert: '), /does not start/],
    ['an end line that does not add up', line('end faults=3 samples=1 rejected=1'), /contradict/],
  ])('%s', (_name, damaged, reason) => {
    const { items, accounting } = read([begin(3), sample(0), damaged, sample(2), end(3, 3)]);
    expect(accounting).toMatchObject({ samples: 2, lost: 1, damagedLines: 1 });
    expect(gaps(items)[0]).toMatchObject({ reason: 'damaged-line', detail: expect.stringMatching(reason) });
    expect(lostTotal(items)).toBe(1);
  });

  it('a line of another run, whatever its probe', () => {
    const foreign = line('pid=1 cpu=0 seq=1 pf_rt=900 irq=0', 'deadbeef');
    const { items, accounting } = read([begin(1), foreign, sample(0), end(1, 1)]);
    expect(accounting).toMatchObject({ samples: 1, foreignLines: 1, damagedLines: 0 });
    expect(gaps(items)).toMatchObject([{ reason: 'foreign-line', detail: 'run deadbeef', lostSamples: 0 }]);
  });

  it.each([
    ['of another run', line('pid=1 cpu=0 seq=1 u2k=900 k2u=1 irq=0', 'deadbeef').slice(0, 60)],
    ['that begins the run', begin(3).slice(0, -12)],
  ])('a line %s that was cut where the next one begins, which counts', (_name, cut) => {
    const { accounting } = read([begin(3), sample(0), cut + sample(1), sample(2), end(3, 3)]);
    expect(accounting).toMatchObject({ samples: 3, lost: 0, damagedLines: 1 });
  });

  // The reader gives a line up after longestLineBytes: what it has not passed by then may be the next one's beginning.
  it('a line of another run that was cut so far before the next one that it is given up within its first bytes', () => {
    for (let room = longestLineBytes - 40; room <= longestLineBytes + 4; room++) {
      const cut = `${lineStartText} v=1 run=0ba7`.padEnd(room, '7');
      const { accounting } = read([begin(3), sample(0), cut + sample(1), sample(2), end(3, 3)]);
      expect({ room, ...accounting }).toMatchObject({ room, samples: 3, lost: 0, damagedLines: 1 });
    }
  });

  it('a line of another contract version', () => {
    const { items, accounting } = read([begin(1), sample(0).replace('v=1', 'v=2'), end(1, 0)]);
    expect(accounting).toMatchObject({ samples: 0, rejected: 1, foreignLines: 1 });
    expect(gaps(items)).toMatchObject([{ reason: 'unknown-contract', detail: expect.stringContaining('version 2') }]);
  });

  it('a sample that stands twice in the log', () => {
    const { items, accounting } = read([begin(2), sample(0), sample(0), sample(1), end(2, 2)]);
    expect(accounting).toMatchObject({ samples: 2, lost: 0, repeatedLines: 1 });
    expect(gaps(items)).toMatchObject([{ reason: 'repeated-line', lostSamples: 0 }]);
  });
});

describe('lines out of order', () => {
  it('count once, when they come late', () => {
    const { accounting } = read([begin(4), sample(0), sample(2), sample(3), sample(1), sample(1), end(4, 4)]);
    expect(accounting).toMatchObject({ samples: 4, lost: 0, repeatedLines: 1 });
  });
});

describe('without a begin line', () => {
  it('a batch whose last numbers no column holds is not read: they would come out negative', () => {
    const { items, accounting } = read([line(`pid=77 cpu=3 seq=${2 ** 31 - 2} n=3 d=1/1,2/2,3/3`), sample(0)]);
    expect(items.flatMap((item) => (item.kind === 'samples' ? [...item.seq] : []))).toEqual([0]);
    expect(accounting).toMatchObject({ samples: 1, damagedLines: 1 });
    const { items: last } = read([line(`pid=77 cpu=3 seq=${2 ** 31 - 2} n=2 d=1/1,2/2`)]);
    expect(last[0]).toMatchObject({ seq: Int32Array.of(2 ** 31 - 2, 2 ** 31 - 1) });
  });
});

describe('limits', () => {
  it.each(['seq=', 'seq=1 u2k=', 'seq=1 n=2 d='])('stops at the end of a chunk full of digits behind %s', (field) => {
    const head = formatContractLine(nonce, 'pid=77 cpu=3 ').replace(/ +ck=.*/, ` ${field}`);
    const log = Buffer.from(`${begin(2)}\n${sample(0)}\n${head}${'1'.repeat(5_000)}`);
    const reader = createLogReader({ nonce, probe: 'pf' });
    reader.push(log);
    reader.end();
    expect(reader.accounting()).toMatchObject({ samples: 1, lost: 1, damagedLines: 1 });
  });

  it('believes no line that is longer than lines are, wherever chunks end and whatever came before', () => {
    const batch = (seq: number, pair: string): string =>
      line(`pid=77 cpu=3 seq=${seq} n=64 d=${Array<string>(64).fill(pair).join()}`);
    const long = batch(64, '123456789/123456789');
    expect(long.length).toBeGreaterThan(longestLineBytes);
    const { accounting } = read([begin(192), batch(0, '1/1'), long, batch(128, '1/1'), end(192, 192)]);
    expect(accounting).toMatchObject({ samples: 128, lost: 64, damagedLines: 1 });
  });

  it('refuses a nonce that is none', () => {
    expect(() => createLogReader({ nonce: 'XYZ', probe: 'pf' })).toThrow(/nonce: "XYZ"/);
  });

  it('shows a flood of foreign lines as a count', () => {
    const foreign = Array.from({ length: 1_000 }, (_, seq) =>
      line(`pid=1 cpu=0 seq=${seq} u2k=1 k2u=1 irq=0`, 'deadbeef'),
    );
    const { items, accounting } = read([begin(1), ...foreign, sample(0), end(1, 1)]);
    expect(accounting.foreignLines).toBe(1_000);
    expect(gaps(items)).toHaveLength(201);
    expect(gaps(items).at(-1)?.detail).toBe('800 more of these are not shown one by one');
  });
});

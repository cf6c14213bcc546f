import { createRecordReader, formatContractLine, type Accounting, type LogItem } from '../index.js';
import { createLogReaderWith } from '../log-reader.js';
import { sharedScan, slowScan } from '../quick/shared-scan.js';
import { Dice, insertLongLine, mutations } from './mutations.js';
import { expectedOf, type Expected } from './oracle.js';

const nonce = '0badf00d';
/** One log in this many holds more samples than the reader hands on at a time, several times over. */
const manySamplesEvery = 200;
/** One log in this many is read as on a CPU without vectors. */
const slowEvery = 16;
/** One log in this many gets a line of a megabyte. */
const longLineEvery = 2_000;

function contractLines(): string[] {
  const line = (fields: string): string => formatContractLine(nonce, fields);
  const lines = [line('begin probe=pf faults=24 warmup=1 pid=7 cpu=2 batch=4 overhead=22')];
  for (let seq = 0; seq < 8; seq++)
    lines.push(line(`pid=7 cpu=2 seq=${seq} u2k=${430 + seq} k2u=${seq === 5 ? -1 : 260} irq=${seq & 1}`));
  for (let seq = 9; seq < 24; seq += 5)
    lines.push(line(`pid=7 cpu=2 seq=${seq} n=5 d=441/261,442/-1!,443/263,444/264,445/265`));
  lines.push(formatContractLine('deadbeef', 'pid=1 cpu=0 seq=3 u2k=1 k2u=1 irq=0'));
  lines.push(line('end faults=24 samples=23 rejected=1'));
  return lines;
}

/** The same run in several forms: what a fuzzed log starts from. */
function startingLogs(): Buffer[] {
  const lines = contractLines();
  lines.splice(4, 0, 'usb 1-1: new device');
  // The quick ways are taken where a whole line's room is left behind.
  for (let count = 0; count < 3; count++) lines.push('a line of somebody else '.repeat(16));
  const forms: ((line: string, index: number) => string)[] = [
    (line, index) => `6,${index + 90},${index * 10},-,caller=T7;${line}\n`,
    (line, index) => `6,${index + 999_990},${index * 1_000},-;${line}\n`,
    (line, index) => `[   12.3456${10 + index}] ${line}\n`,
    (line) => `${line}\r\n`,
    (line) => `${JSON.stringify({ __REALTIME_TIMESTAMP: '1', MESSAGE: line })}\n`,
    (line) => `__REALTIME_TIMESTAMP=1\nMESSAGE=${line}\n\n`,
  ];
  return forms.map((form) => Buffer.from(lines.map(form).join('')));
}

/** Length of the next line of samples. Each pattern fills the reader's buffer another way. */
const lineLengths: ((dice: Dice) => () => number)[] = [
  (dice) => () => 1 + dice.below(64),
  (dice) => {
    const length = 1 + dice.below(64);
    return () => length;
  },
  (dice) => {
    let next = 1 + dice.below(64);
    return () => {
      const length = next;
      next = 64;
      return length;
    };
  },
  (dice) => () => (dice.below(8) === 0 ? 1 + dice.below(64) : 64),
];

/** A whole run of several thousand samples, all of them different. */
function longLog(dice: Dice): Buffer {
  const faults = 4_000 + dice.below(10_000);
  const next = lineLengths[dice.below(lineLengths.length)]!(dice);
  const texts = [`begin probe=pf faults=${faults} warmup=1 pid=7 cpu=2 batch=64 overhead=22`];
  for (let seq = 0; seq < faults;) {
    const length = Math.min(next(), faults - seq);
    const pairs = Array.from({ length }, (_, index) => `${400 + seq + index}/${index === 3 ? -1 : 260}`);
    // A process of its own now and then: an item holds one process's samples.
    texts.push(`pid=${dice.below(80) === 0 ? 8 : 7} cpu=2 seq=${seq} n=${length} d=${pairs.join()}`);
    seq += length;
  }
  texts.push(`end faults=${faults} samples=${faults} rejected=0`);
  return Buffer.from(
    texts.map((text, index) => `6,${900 + index},${index},-;${formatContractLine(nonce, text)}\n`).join(''),
  );
}

function mutate(log: Buffer, dice: Dice): Buffer {
  const all = Object.values(mutations);
  let mutated = log;
  for (let count = 1 + dice.below(4); count > 0 && mutated.length > 0; count--)
    mutated = all[dice.below(all.length)]!(mutated, dice);
  return dice.below(longLineEvery) === 0 ? insertLongLine(mutated, dice) : mutated;
}

function inChunks<T>(log: Buffer, dice: Dice, push: (chunk: Buffer) => T[]): T[] {
  const items: T[] = [];
  for (let at = 0; at < log.length;) {
    const to = Math.min(log.length, at + 1 + dice.below(log.length));
    items.push(...push(log.subarray(at, to)));
    at = to;
  }
  return items;
}

/** The samples of an item as the oracle writes them. */
function* textOf(item: LogItem): Generator<string> {
  if (item.kind !== 'samples') return;
  const { seq, columns, interrupted } = item;
  for (let at = 0; at < seq.length; at++)
    yield `${seq[at]}:${columns.u2k?.[at]}:${columns.k2u?.[at]}:${interrupted[at]}`;
}

/** Where the samples that were read are not the expected ones, in number, order and value. */
function wrongSample(items: readonly LogItem[], expected: readonly string[]): string | null {
  const seen = new Set<string>();
  let at = 0;
  for (const item of items)
    for (const sample of textOf(item)) {
      if (sample !== expected[at]) {
        const why = seen.has(sample)
          ? ', which came before'
          : expected.includes(sample)
            ? ''
            : ', which never stood there';
        return `sample ${at} is ${sample}${why}; ${expected[at] ?? 'none'} was expected`;
      }
      seen.add(sample);
      at++;
    }
  return at === expected.length ? null : `sample ${at} is missing: ${expected[at]}`;
}

/** What must hold of any log, as a sentence when it does not. */
function violation(log: Buffer, items: LogItem[], accounting: Accounting): string | null {
  const expected = expectedOf(log);
  const wrong = wrongSample(items, expected.samples);
  if (wrong !== null) return wrong;
  let lostOfGaps = 0;
  for (const item of items) {
    if (item.rawFrom < 0 || item.rawTo > log.length || item.rawFrom > item.rawTo)
      return `range ${item.rawFrom}-${item.rawTo}`;
    if (item.kind === 'gap') lostOfGaps += item.lostSamples;
  }
  const { announced, samples, lost, rejected, ended } = accounting;
  const account: Expected = { ...expected, announced, lost, rejected, ended };
  for (const [name, value] of Object.entries(account))
    if (value !== expected[name as keyof Expected])
      return `${name} is ${String(value)}, ${String(expected[name as keyof Expected])} was expected`;
  if (samples !== expected.samples.length)
    return `${samples} samples are accounted for, ${expected.samples.length} given`;
  if (lostOfGaps !== lost) return `the gaps hold ${lostOfGaps} lost samples, the account ${lost}`;
  return null;
}

export interface FuzzReport {
  logs: number;
  samples: number;
  lost: number;
  damagedLines: number;
  repeatedLines: number;
}

/** Reads `logs` mutated logs; throws with the number of the first that breaks an invariant. */
export function fuzzLogReader({ logs, seed }: { logs: number; seed: number }): FuzzReport {
  const starts = startingLogs();
  const slow = slowScan();
  const report: FuzzReport = { logs, samples: 0, lost: 0, damagedLines: 0, repeatedLines: 0 };
  for (let number = 0; number < logs; number++) {
    // Far apart, so that neighbouring seeds give other logs and not the same ones moved by one.
    const dice = new Dice(Math.imul(seed, 0x9e3779b1) + number);
    const start = dice.below(manySamplesEvery) === 0 ? longLog(dice) : starts[dice.below(starts.length)]!;
    const log = mutate(start, dice);
    const reader = createLogReaderWith(number % slowEvery === 0 ? slow : sharedScan(), { nonce, probe: 'pf' });
    const items = [...inChunks(log, dice, (chunk) => reader.push(chunk)), ...reader.end()];
    const accounting = reader.accounting();
    const wrong = violation(log, items, accounting);
    if (wrong !== null)
      throw new Error(`log ${number} of seed ${seed}: ${wrong}\n${log.toString('latin1').slice(0, 8_000)}`);
    if (number % 8 === 0) {
      const records = createRecordReader();
      inChunks(log, dice, (chunk) => records.push(chunk));
      records.end();
    }
    report.samples += accounting.samples;
    report.lost += accounting.lost;
    report.damagedLines += accounting.damagedLines;
    report.repeatedLines += accounting.repeatedLines;
  }
  return report;
}

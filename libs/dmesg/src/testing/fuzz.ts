import { createLogReader, createRecordReader, formatContractLine, type LogItem } from '../index.js';
import { Dice, insertLongLine, mutations } from './mutations.js';
import { samplesUnderChecksum } from './oracle.js';

const nonce = '0badf00d';
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

/** What must hold of any log, as a sentence when it does not. */
function violation(
  log: Buffer,
  items: LogItem[],
  accounting: ReturnType<ReturnType<typeof createLogReader>['accounting']>,
): string | null {
  const believed = samplesUnderChecksum(log);
  const seen = new Set<number>();
  let samples = 0;
  let lost = 0;
  for (const item of items) {
    if (item.rawFrom < 0 || item.rawTo > log.length || item.rawFrom > item.rawTo)
      return `range ${item.rawFrom}-${item.rawTo}`;
    if (item.kind === 'gap') lost += item.lostSamples;
    if (item.kind !== 'samples') continue;
    samples += item.seq.length;
    for (const [index, seq] of item.seq.entries()) {
      const sample = `${seq}:${item.columns.u2k?.[index]}:${item.columns.k2u?.[index]}:${item.interrupted[index]}`;
      if (!believed.has(sample)) return `sample ${sample} does not stand in the log under a right checksum`;
      if (seen.has(seq)) return `seq ${seq} came twice`;
      seen.add(seq);
    }
  }
  if (samples !== accounting.samples) return `${samples} samples given, ${accounting.samples} accounted for`;
  if (lost !== accounting.lost) return `the gaps hold ${lost} lost samples, the account ${accounting.lost}`;
  const { announced, rejected } = accounting;
  if (announced !== null && samples + lost + rejected !== announced)
    return `${samples} samples + ${lost} lost + ${rejected} rejected are not the ${announced} announced`;
  return Math.min(lost, rejected) < 0 ? 'a negative count' : null;
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
  const report: FuzzReport = { logs, samples: 0, lost: 0, damagedLines: 0, repeatedLines: 0 };
  for (let number = 0; number < logs; number++) {
    // Far apart, so that neighbouring seeds give other logs and not the same ones moved by one.
    const dice = new Dice(Math.imul(seed, 0x9e3779b1) + number);
    const log = mutate(starts[dice.below(starts.length)]!, dice);
    const reader = createLogReader({ nonce, probe: 'pf' });
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

import type { Random } from '../noise/random.js';
import { announces, ends, type KmsgRecord } from './kmsg-record.js';

type Damage = (records: Iterable<KmsgRecord>, random: Random) => Iterable<KmsgRecord>;

const below = (random: Random, limit: number): number => Math.floor(random.uniform() * limit);
/** Records until damage strikes the first time: soon, so that a short log is hit too. */
const firstWithin = 8;
const thenWithin = 60;
const longestBurst = 12;

/** What other parts of a kernel say meanwhile; our own words, in the shape of such messages. */
const otherMessages = [
  'usb 1-1: new device found',
  'eth0: link is down',
  'disk sda: write cache enabled',
  'clocksource: watchdog check passed',
  'xperf: armed',
];
const otherMessage = (random: Random): string => otherMessages[below(random, otherMessages.length)] ?? '';

/** The ring was full before the reader came: bursts of records are gone, the numbers of the rest tell. */
function* ringOverflow(records: Iterable<KmsgRecord>, random: Random): Iterable<KmsgRecord> {
  let until = 1 + below(random, firstWithin);
  let burst = 0;
  for (const record of records) {
    if (!announces(record) && !ends(record)) {
      if (burst === 0 && --until === 0) {
        burst = 1 + below(random, longestBurst);
        until = 1 + below(random, thenWithin);
      }
      if (burst > 0) {
        burst--;
        continue;
      }
    }
    yield record;
  }
}

/** Others log too: records between ours, and on a console that two CPUs write to, words inside our lines. */
function* interleaving(records: Iterable<KmsgRecord>, random: Random): Iterable<KmsgRecord> {
  let until = 1 + below(random, firstWithin);
  let others = 0;
  for (const record of records) {
    const { message } = record;
    let own = message;
    if (--until === 0) {
      until = 1 + below(random, thenWithin);
      const other = otherMessage(random);
      if (random.uniform() < 0.5 || announces(record)) {
        yield { ...record, seq: record.seq + others, message: other };
        others++;
      } else {
        const at = 1 + below(random, message.length - 1);
        own = `${message.slice(0, at)}${other}${message.slice(at)}`;
      }
    }
    yield { ...record, seq: record.seq + others, message: own };
  }
}

/** Lines that end too soon: a console that was switched off, a file system that was full. */
function* cutLines(records: Iterable<KmsgRecord>, random: Random): Iterable<KmsgRecord> {
  let until = 1 + below(random, firstWithin);
  for (const record of records) {
    const strikes = --until <= 0 && !announces(record);
    if (strikes) until = 1 + below(random, thenWithin);
    yield strikes
      ? { ...record, message: record.message.slice(0, 1 + below(random, record.message.length - 1)) }
      : record;
  }
}

/** The machine restarts in the middle: numbers and times begin again, and nothing more comes of the run. */
function* reboot(records: Iterable<KmsgRecord>, random: Random): Iterable<KmsgRecord> {
  let until = 2 + below(random, firstWithin * 2);
  for (const record of records) {
    yield record;
    if (--until === 0) break;
  }
  let microseconds = 0;
  for (let seq = 0; seq < 12; seq++) {
    yield {
      priority: 5,
      seq,
      microseconds,
      message: seq === 0 ? 'Linux version 6.1.192-xperf (simulated)' : otherMessage(random),
    };
    microseconds += below(random, 20_000);
  }
}

const longestStepMicroseconds = 3_600e6;

/** The clock that records are stamped with jumps, forward or back. Nothing is lost by that. */
function* clockSteps(records: Iterable<KmsgRecord>, random: Random): Iterable<KmsgRecord> {
  let until = 1 + below(random, firstWithin);
  let offset = 0;
  for (const record of records) {
    if (--until === 0) {
      until = 1 + below(random, thenWithin);
      offset += (2 * random.uniform() - 1) * longestStepMicroseconds;
    }
    yield { ...record, microseconds: Math.max(0, record.microseconds + offset) };
  }
}

export const damageKinds = {
  'ring-overflow': ringOverflow,
  interleaving,
  'cut-lines': cutLines,
  reboot,
  'clock-steps': clockSteps,
} as const satisfies Record<string, Damage>;

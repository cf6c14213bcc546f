import { fnv1a } from '../fnv1a.js';

/** Small seeded generator (mulberry32), so that a failing mutation can be had again from its seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((((mixed ^ (mixed >>> 14)) >>> 0) * limit) / 0x1_0000_0000) | 0;
  }
}

type Mutation = (log: Buffer, dice: Dice) => Buffer;

const newline = 0x0a;

function insert(log: Buffer, at: number, ...pieces: (Uint8Array | string)[]): Buffer {
  const middle = pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece));
  return Buffer.concat([log.subarray(0, at), ...middle, log.subarray(at)]);
}

/** Start of the line after a random place, or 0. */
function lineStart(log: Buffer, dice: Dice): number {
  return log.indexOf(newline, dice.below(log.length + 1)) + 1;
}

function lineEnd(log: Buffer, from: number): number {
  const at = log.indexOf(newline, from);
  return at < 0 ? log.length : at + 1;
}

/** Changes a digit inside a marked line and makes its checksum right again: a good line that says something else. */
function forge(log: Buffer, dice: Dice): Buffer {
  const start = log.indexOf('xperf: ', dice.below(log.length + 1));
  const check = start < 0 ? -1 : log.indexOf(' ck=', start);
  if (check < 0 || check - start < 50 || check + 12 > log.length) return log;
  const forged = Buffer.from(log);
  for (let tries = 0; tries < 8; tries++) {
    const at = start + 44 + dice.below(check - start - 44);
    const byte = forged[at]!;
    if (byte < 0x30 || byte > 0x39) continue;
    forged[at] = 0x30 + dice.below(10);
    forged.write(fnv1a(forged, start, check).toString(16).padStart(8, '0'), check + 4, 'latin1');
    break;
  }
  return forged;
}

/** What stands in marked lines: put anywhere, it makes lines that are nearly good. */
const pieces = [',', '/', '!', '-', '-1', '0', '7', ' ', '=', ',1/1', '4294967297', '!!', 'n', ' irq=1'];

/** Puts other text into a marked line and makes its checksum right again: its form alone can tell. */
function forgeForm(log: Buffer, dice: Dice): Buffer {
  const start = log.indexOf('xperf: ', dice.below(log.length + 1));
  const check = start < 0 ? -1 : log.indexOf(' ck=', start);
  if (check < 0 || check - start < 50 || check + 12 > log.length) return log;
  // Half of them at the end, where a reader decides whether a line is over.
  const from = dice.below(2) === 0 ? check - dice.below(4) : start + 44 + dice.below(check - start - 44);
  const to = Math.min(check, from + dice.below(4));
  const body = Buffer.concat([
    log.subarray(start, from),
    Buffer.from(pieces[dice.below(pieces.length)]!, 'latin1'),
    log.subarray(to, check),
  ]);
  const checksum = fnv1a(body).toString(16).padStart(8, '0');
  return Buffer.concat([log.subarray(0, start), body, Buffer.from(` ck=${checksum}`), log.subarray(check + 12)]);
}

/** What happens to logs: bit flips, cuts, splices, interleaving, repeats, foreign bytes. */
export const mutations: Record<string, Mutation> = {
  flipBit(log, dice) {
    const copy = Buffer.from(log);
    const at = dice.below(log.length);
    copy[at] = copy[at]! ^ (1 << dice.below(8));
    return copy;
  },
  replaceDigit(log, dice) {
    const copy = Buffer.from(log);
    const from = dice.below(log.length);
    const at = copy.findIndex((byte, index) => index >= from && byte >= 0x30 && byte <= 0x39);
    if (at >= 0) copy[at] = 0x30 + dice.below(10);
    return copy;
  },
  cut(log, dice) {
    const from = dice.below(log.length);
    return Buffer.concat([log.subarray(0, from), log.subarray(Math.min(log.length, from + 1 + dice.below(300)))]);
  },
  truncate: (log, dice) => log.subarray(0, dice.below(log.length + 1)),
  loseLine(log, dice) {
    const from = lineStart(log, dice);
    return Buffer.concat([log.subarray(0, from), log.subarray(lineEnd(log, from))]);
  },
  splice(log, dice) {
    const from = dice.below(log.length);
    return insert(log, dice.below(log.length), log.subarray(from, from + dice.below(400)));
  },
  repeatLines(log, dice) {
    const from = lineStart(log, dice);
    return insert(log, from, log.subarray(from, lineEnd(log, from + dice.below(500))));
  },
  moveLine(log, dice) {
    const from = lineStart(log, dice);
    const to = lineEnd(log, from);
    const line = Buffer.from(log.subarray(from, to));
    const rest = Buffer.concat([log.subarray(0, from), log.subarray(to)]);
    return insert(rest, lineStart(rest, dice), line);
  },
  interleave(log, dice) {
    const from = lineStart(log, dice);
    const middle = lineEnd(log, from);
    const to = lineEnd(log, middle);
    const mixed: number[] = [];
    const [first, second] = [[...log.subarray(from, middle)], [...log.subarray(middle, to)]];
    while (first.length + second.length > 0) {
      const source = first.length > 0 && (second.length === 0 || dice.below(2) === 0) ? first : second;
      mixed.push(...source.splice(0, 1 + dice.below(20)));
    }
    return Buffer.concat([log.subarray(0, from), Buffer.from(mixed), log.subarray(to)]);
  },
  invalidUtf8: (log, dice) => insert(log, dice.below(log.length + 1), '\xff\xc3\x28\xed\xa0\x80'),
  controlBytes: (log, dice) =>
    insert(log, dice.below(log.length + 1), ['\n', '\r', '\0', '\u001b[0m', '"'][dice.below(5)]!),
  manyDigits: (log, dice) => insert(log, dice.below(log.length + 1), '7'.repeat(1 + dice.below(3_000))),
  userOutput: (log, dice) => insert(log, dice.below(log.length + 1), 'house login: '),
  forge,
  forgeForm,
};

/** A line of a megabyte, somewhere; apart from the others, since it costs a thousand times as much to read. */
export function insertLongLine(log: Buffer, dice: Dice): Buffer {
  return insert(log, dice.below(log.length + 1), Buffer.alloc(1_048_576, 0x61 + dice.below(26)));
}

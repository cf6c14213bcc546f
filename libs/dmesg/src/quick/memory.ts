// Where things stand in the memory that the scan and its callers share. Addresses and lengths are in bytes.
import { lineStartText, longestLineBytes, magicText, samplesPerLine } from '../contract-line.js';
import { samplesPerItem } from '../sample-buffer.js';
import { betweenNumbers } from './between-numbers.js';

/** What is searched for. */
export const needleText = `${magicText} v=`;
/** From a line's start to the needle. */
export const needleOffset = lineStartText.length - magicText.length;
/** Longest beginning of a sample line that is learnt. */
export const longestHead = 128;

/** Addresses of 32-bit words. */
export const word = {
  /** 1: records carry numbers, which are followed; 0: only marks are found. */
  follow: 0,
  /** 1: a line begins where the scan does, and was not looked at. */
  lineStart: 4,
  /** Bytes of `,number,` of the record expected next; 0 when it is not known. */
  recordLength: 8,
  /** The number's last digit. */
  recordDigit: 12,
  /** Bytes of the beginning that sample lines are expected to have, and the checksum's state behind it. */
  headLength: 16,
  headHash: 20,
  /** 1: the lines have `n=` and several samples. */
  batched: 24,
  /** Addresses of the texts that stand between such a line's numbers, up to its first sample; 0 behind the last. */
  texts: 28,
  /** 1: samples are pairs; 1: the second may be -1. */
  paired: 44,
  mayBeMissing: 48,
  /** The sequence number that the next sample line must begin with, and the one that none may reach. */
  seqNext: 52,
  seqEnd: 56,
  /** Samples that fill an item; 0: sample lines are left alone. */
  room: 60,
  /** Offset that an item's lines may reach; when `empty`, it follows from the first line's own. */
  rawLimit: 64,
  empty: 68,
  /** What the scan did: records passed, samples read and where their lines stand, why it ended. */
  passed: 72,
  samples: 76,
  rawFrom: 80,
  rawTo: 84,
  why: 88,
  /** The numbers of the line at hand. */
  numbers: 92,
} as const;

/** Why a scan ended: at the given end, at a mark, at a line whose head must be looked at, since an item is full. */
export const why = { end: 0, mark: 1, line: 2, full: 3 } as const;

/** `,number,` of the record expected next, and 16 bytes that are 1 under its last digit. */
export const recordAt = 112;
export const recordStepAt = 128;
export const longestRecordText = 16;
export const headAt = 144;
/** What stands up to here belongs to one log. */
export const stateBytes = headAt + longestHead;

export const needleAt = stateBytes;

/** A text between numbers: itself, a bit for each of its bytes, their number, the checksum's factor and corrections. */
export const textWord = { mask: 16, length: 20, power: 24, corrections: 32 } as const;
const textBytes = textWord.corrections + 256 * 4;
const textsAt = needleAt + 32;
const textAddresses = new Map(betweenNumbers.map((text, index) => [text, textsAt + index * textBytes]));

export function textAt(text: string): number {
  const at = textAddresses.get(text);
  if (at === undefined) throw new Error(`"${text}" stands between no numbers`);
  return at;
}

const columnRoom = samplesPerItem + samplesPerLine;
export const firstAt = textsAt + textAddresses.size * textBytes;
export const secondAt = firstAt + 4 * columnRoom;
export const interruptedAt = secondAt + 4 * columnRoom;
export const dataAt = interruptedAt + columnRoom;

/** Bytes of a log that are worked through at once: so few that they stay in the CPU's second cache. */
export const pieceBytes = 131_072;
/** Zeros behind the log's last byte: no number goes on there, and whole vectors may be read. */
export const zerosBehind = 64;
const pageBytes = 65_536;
export const pages = Math.ceil((dataAt + pieceBytes + 2 * longestLineBytes + zerosBehind) / pageBytes);
export const memoryBytes = pages * pageBytes;

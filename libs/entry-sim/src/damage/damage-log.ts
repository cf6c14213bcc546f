import { Random } from '../noise/random.js';
import { damageKinds } from './kinds.js';
import { formatRecord, type KmsgRecord, recordsOf } from './kmsg-record.js';

export type LogFault = keyof typeof damageKinds;
/** What can happen to a kernel log. */
export const LOG_FAULTS = Object.keys(damageKinds) as LogFault[];

const chunkCharacters = 65_536;

/**
 * The same log with faults, in the order in which they are named; the same seed damages it alike.
 *
 * @param chunks text of which each chunk ends with a record, as `simulateRun` gives it
 */
export function* damageLog(
  chunks: Iterable<string>,
  faults: readonly LogFault[],
  seed: number,
): Generator<string, void, undefined> {
  const damaged = faults.reduce<Iterable<KmsgRecord>>(
    (records, fault, index) => damageKinds[fault](records, new Random(Math.imul(seed + 1, 0x9e3779b1) ^ (index + 1))),
    recordsOf(chunks),
  );
  let text = '';
  for (const record of damaged) {
    text += formatRecord(record);
    if (text.length < chunkCharacters) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

import type { Reading } from '#contracts';
import { type Accounting, createLogReader, type LogItem, parserVersion } from '#dmesg';
import { encodeSamples, samplesInconsistent } from '#samples';
import type { EndedAttempt, Gap } from './ended-attempt.js';
import { SampleTally } from './sample-tally.js';

/** What this release's parser makes of a stored log. */
export interface NewReading {
  reading: Reading;
  /** Packed samples, as they are to be stored. */
  batches: Uint8Array[];
  digest: string;
  gaps: Gap[];
}

/** A log can't be read again; the run stays as it is. */
export class NotReplayable extends Error {
  override readonly name = 'NotReplayable';
}

/** Why what was read can't be a result, or null. */
function doubt({ announced, ...account }: Accounting, { sequence }: SampleTally, faults: number): string | null {
  if (announced === null) return 'the stored log holds neither begin nor end line of this attempt';
  if (announced !== faults) return `the stored log announces ${announced} faults; the run asked for ${faults}`;
  if (account.samples === 0) return 'the stored log holds no sample that could be read';
  const contradiction = samplesInconsistent(sequence, { faults, ...account });
  return contradiction === null ? null : `parser ${parserVersion} is at fault as well: ${contradiction.message}`;
}

/**
 * Reads a captured log again, piece by piece; between two pieces the event loop turns.
 *
 * @throws NotReplayable when bytes are missing or the log gives no consistent result.
 */
export async function readAgain(
  log: AsyncIterable<Uint8Array>,
  { probe, nonce, faults, capturedBytes }: EndedAttempt,
): Promise<NewReading> {
  const reader = createLogReader({ probe, nonce });
  const tally = new SampleTally(faults);
  const batches: Uint8Array[] = [];
  const gaps: Gap[] = [];
  const take = (items: readonly LogItem[]): void => {
    for (const item of items) {
      if (item.kind === 'samples') {
        tally.add(item);
        batches.push(encodeSamples(item));
      } else if (item.kind === 'gap') {
        const { kind: _kind, ...gap } = item;
        gaps.push(gap);
      }
    }
  };
  let bytes = 0;
  for await (const piece of log) {
    bytes += piece.length;
    take(reader.push(piece));
  }
  if (bytes === 0) throw new NotReplayable('no kernel-log bytes of it are stored');
  if (bytes !== capturedBytes) throw new NotReplayable(`${bytes} of its ${capturedBytes} captured bytes are stored`);
  take(reader.end());
  const accounting = reader.accounting();
  const why = doubt(accounting, tally, faults);
  if (why !== null) throw new NotReplayable(why);
  const { samples } = tally;
  const { lost, rejected, damagedLines, overheadCycles } = accounting;
  const counts = { parserVersion, samples, repeated: 0, lost, rejected, damagedLines, overheadCycles };
  return { reading: { ...counts, medians: tally.medians() }, batches, digest: tally.digest(), gaps };
}

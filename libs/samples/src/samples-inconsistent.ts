import type { Failure } from '#contracts';
import type { SequenceTally } from './sequence-tally.js';

/** What a run's end says of its faults. */
export interface RunAccount {
  faults: number;
  samples: number;
  lost: number;
  rejected: number;
}

function contradiction(tally: SequenceTally, { faults, samples, lost, rejected }: RunAccount): string | null {
  const { distinct, repeated, firstRepeated, outside, firstOutside } = tally;
  if (repeated > 0)
    return `${repeated} samples stand in its batches a second time, the first with seq ${firstRepeated}`;
  if (outside > 0)
    return `${outside} samples in its batches are of none of its ${faults} faults, the first with seq ${firstOutside}`;
  if (distinct !== samples) return `its batches hold ${distinct} samples, its account says ${samples}`;
  if (faults - distinct !== lost + rejected)
    return `of ${faults} faults ${faults - distinct} gave no sample, but its account says ${lost} lost and ${rejected} rejected`;
  return null;
}

/**
 * Why a run's batches can't be the samples that its account speaks of, or null when they are: every sequence number
 * once and below the faults, as many as the account says, and what is missing lost or rejected. Sums alone don't show
 * it: they also hold where samples stand twice and as many are missing.
 */
export function samplesInconsistent(tally: SequenceTally, account: RunAccount): Failure | null {
  const found = contradiction(tally, account);
  if (found === null) return null;
  return {
    code: 'samples-inconsistent',
    message: `the run's samples contradict its account: ${found}`,
    remedy:
      'The program that read the log is at fault, not the host, and the captured log is kept: where an older release ' +
      'read it, xf replay reads it again. Otherwise bring the worker to the newest release and submit the job again; if ' +
      'it persists, please report it with that log (GET /v1/runs/:id/raw).',
  };
}

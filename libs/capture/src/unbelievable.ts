import type { Failure } from '#contracts';
import type { Accounting } from '#dmesg';

/** Why the log of a program that ended well can't be a result, or null when it can. Lost samples do not forbid it. */
export function unbelievable({ announced, samples, lost }: Accounting, faults: number): Failure | null {
  if (announced === null) {
    return {
      code: 'log-without-run',
      message: 'the captured log holds neither begin nor end line of this attempt',
      remedy:
        'Look at the attempt’s captured log (GET /v1/runs/:id/raw): the kernel log level or ring size may hide it.',
    };
  }
  if (announced !== faults) {
    return {
      code: 'other-run',
      message: `the log announces ${announced} faults; this attempt asked for ${faults}`,
      remedy: 'Worker and measuring program are of different releases; install both from one tree.',
    };
  }
  if (samples === 0) {
    return {
      code: 'nothing-measured',
      message: `none of ${faults} faults gave a sample that could be read (${lost} lost)`,
      remedy: 'Look at the attempt’s gaps and captured log (GET /v1/runs/:id, /raw) for what came in between.',
    };
  }
  return null;
}

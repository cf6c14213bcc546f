import type { Failure } from '#contracts';
import { Random, seedOf } from '#entry-sim';

/** How a run goes. Sizes are in samples; `lost` follows from which lines of its log are gone. */
export type Fate =
  | { kind: 'completed' }
  /** Records of its log are gone, or one line of it was cut. Lines count from 0, the begin line left out. */
  | { kind: 'lost-records' | 'cut-line'; firstLine: number; lines: number }
  | { kind: 'failed'; failure: Failure }
  /** Attempts whose lease ran out; with the last one allowed the run is given up. */
  | { kind: 'lapsed'; attempts: number };

const failures: readonly Failure[] = [
  {
    code: 'timeout',
    message: 'the simulation was not done after 60000 ms',
    remedy: 'Ask for fewer faults a run or a longer timeoutMs.',
  },
  {
    code: 'executor-broken',
    message: 'Error: the machine halted before the run had ended (demo)',
    remedy: 'This is a fault of the worker, whose log holds the stack; please report it.',
  },
];

/** Of 10,000 runs of a machine that is not restless. Ours: often enough to be seen, too seldom to change a median. */
const shares = { lostRecords: 50, cutLine: 30, failed: 30, lapsed: 30 } as const;
/** Samples a line (the hook's default). */
export const samplesPerLine = 64;

/** What becomes of a run. Losses come by chance, failures the sooner the more restless the machine is. */
export function fateOf(runSeed: number, samples: number, unrest: number): Fate {
  const random = new Random(seedOf('fate', runSeed));
  const below = (limit: number): number => Math.floor(random.uniform() * limit);
  const lines = Math.floor(samples / samplesPerLine);
  // A restless machine fails more: at four times the usual spread sixteen times as often.
  const failing = unrest < 2 ? 1 : unrest * unrest;
  let left = random.uniform() * 10_000;
  const falls = (share: number): boolean => (left -= share) < 0;
  if (lines > 2 && falls(shares.lostRecords)) {
    const gone = 1 + below(Math.min(3, lines - 1));
    return { kind: 'lost-records', firstLine: below(lines - gone + 1), lines: gone };
  }
  if (lines > 2 && falls(shares.cutLine)) return { kind: 'cut-line', firstLine: below(lines), lines: 1 };
  if (falls(shares.failed * failing)) return { kind: 'failed', failure: failures[below(failures.length)] as Failure };
  if (falls(shares.lapsed * failing)) return { kind: 'lapsed', attempts: random.uniform() < 0.7 ? 1 : 3 };
  return { kind: 'completed' };
}

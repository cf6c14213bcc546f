import type { Comparison } from '#contracts';
import type { Answer } from './stepper.js';

/** What is known of a place against the first one. */
export type Against = Pick<Comparison, 'ratio' | 'interval'>;

/**
 * Which of the ends a place is like: bad where its whole interval lies beyond the middle of what the ends differ by (on the scale of
 * logarithms: the root of their ratio), good where it lies before it, and neither where it holds the middle.
 */
export function answerOf({ interval }: Against, endsRatio: number): Answer {
  if (interval === null) return 'cannot-tell';
  const middle = Math.sqrt(endsRatio);
  const beyond = endsRatio > 1 ? interval.low > middle : interval.high < middle;
  const before = endsRatio > 1 ? interval.high < middle : interval.low > middle;
  return beyond ? 'bad' : before ? 'good' : 'cannot-tell';
}

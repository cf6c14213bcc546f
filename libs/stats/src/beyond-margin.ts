import type { RatioEstimate } from './log-runs.js';
import { clockSlack } from './resolution.js';
import { studentTCdf, studentTQuantile } from './student-t.js';

/**
 * The p-value that belongs to calling b slower or faster: twice the chance (both directions are looked for) of a ratio this far
 * beyond the margin where the true one lies on its edge. It is at most 1 − confidence exactly when the interval, widened by the
 * clocks' resolution, lies wholly beyond the margin, so that several verdicts can be taken together (`holm`). 1 where the ratio lies
 * within the margin.
 *
 * @param estimate before it is widened
 * @param resolutions as `widenByResolution` takes them
 */
export function twoSidedBeyondMargin(
  { ratio, low, high, degrees }: RatioEstimate,
  { margin, confidence }: { margin: number; confidence: number },
  resolutions: readonly [number, number] = [0, 0],
): number {
  const beyond = Math.max(Math.log(ratio / (1 + margin)), Math.log((1 - margin) / ratio)) - clockSlack(...resolutions);
  if (beyond <= 0) return 1;
  const half = Math.log(high / low) / 2;
  if (half === 0) return 0;
  const error = half / studentTQuantile((1 + confidence) / 2, degrees);
  return Math.min(1, 2 * studentTCdf(-beyond / error, degrees));
}

import { normalCdf } from '../student-t.js';

/**
 * How often the largest |z| over all places of a series without a change reaches b:
 *
 *     p ≈ 4 φ(b) / b + φ(b) (b − 1 / b) ln(e₂ (1 − e₁) / ((1 − e₂) e₁))
 *
 * with the places from the share e₁ to e₂ of the series (Miller and Siegmund 1982, Maximally selected chi square statistics,
 * Biometrics 38:1011). It rests on a long series, so for a short one it errs on the careful side.
 *
 * @param minSegment places nearer to an end were not looked at
 */
export function maximalP(z: number, count: number, minSegment: number): number {
  const b = Math.abs(z);
  // Below, the formula rises beyond what a probability can be; nothing there is near any threshold.
  if (b < 1.5) return 1;
  const density = Math.exp((-b * b) / 2) / Math.sqrt(2 * Math.PI);
  const first = minSegment / count;
  const places = 2 * Math.log((1 - first) / first);
  const atOnePlace = 2 * (1 - normalCdf(b));
  return Math.min(1, Math.max(atOnePlace, (4 * density) / b + density * (b - 1 / b) * places));
}

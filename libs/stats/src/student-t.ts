/**
 * Student's t distribution, for the intervals of means over few hosts or runs. Our own, because the packages that have it
 * weigh 27 MB (@stdlib, 233 packages) or are no longer kept.
 *
 * Source: the regularised incomplete beta function by Lentz's continued fraction (Numerical Recipes, 3rd ed., 6.4; NIST
 * DLMF 8.17.22), log gamma by Lanczos (g = 7, n = 9).
 */

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** ln Γ(x) for x > 0; relative error below 1e-13. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  const series = lanczos.reduce((sum, coefficient, i) => (i === 0 ? coefficient : sum + coefficient / (x - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
}

/** I_x(a, b) for a, b > 0 and x within [0, 1]: the share of a beta distribution that lies below x. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on this side of the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x) - Math.log(a),
  );
  return front * continuedFraction(x, a, b);
}

function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const notZero = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / notZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  // It takes about √max(a, b) steps; 10,000 are enough for a hundred million degrees of freedom.
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / notZero(1 + even * d);
    c = notZero(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / notZero(1 + odd * d);
    c = notZero(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return result;
}

/** P(T ≤ t) with `degrees` > 0 degrees of freedom, which need not be whole. */
export function studentTCdf(t: number, degrees: number): number {
  const square = t * t;
  // Near the middle the first form would take 1 − t² / degrees for 1, and lose half of the digits.
  const tail =
    square < 1
      ? 0.5 * (1 - incompleteBeta(square / (degrees + square), 0.5, degrees / 2))
      : 0.5 * incompleteBeta(degrees / (degrees + square), degrees / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

/**
 * The t with P(T ≤ t) = p, to 1e-12 of itself.
 *
 * @throws RangeError when p is not within (0, 1) or degrees is not positive
 */
export function studentTQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`p must lie between 0 and 1, not at ${p}`);
  if (!(degrees > 0)) throw new RangeError(`degrees of freedom must be positive, not ${degrees}`);
  if (p < 0.5) return -studentTQuantile(1 - p, degrees);
  let low = 0;
  let high = 2;
  while (studentTCdf(high, degrees) < p) high *= 2;
  // Newton's steps, by halves where one would leave the bracket: six evaluations where halving alone takes forty.
  let t = (low + high) / 2;
  for (let step = 0; step < 200 && high - low > 1e-12 * high; step++) {
    const excess = studentTCdf(t, degrees) - p;
    if (excess < 0) low = t;
    else high = t;
    const next = t - excess / studentTDensity(t, degrees);
    if (Math.abs(next - t) <= 1e-13 * t) return next;
    t = next > low && next < high ? next : (low + high) / 2;
  }
  return t;
}

function studentTDensity(t: number, degrees: number): number {
  const constant = logGamma((degrees + 1) / 2) - logGamma(degrees / 2) - 0.5 * Math.log(Math.PI * degrees);
  return Math.exp(constant - ((degrees + 1) / 2) * Math.log1p((t * t) / degrees));
}

/** Degrees of freedom at which Student's t is as good as normal: its quantiles are off by 3e-6 of themselves. */
const nearlyNormal = 1e6;

/** P(Z ≤ z) of the normal distribution. */
export function normalCdf(z: number): number {
  return studentTCdf(z, nearlyNormal);
}

/** The z with P(Z ≤ z) = p of the normal distribution. */
export function normalQuantile(p: number): number {
  return studentTQuantile(p, nearlyNormal);
}

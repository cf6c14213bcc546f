import { incompleteBeta } from './student-t.js';

/** Up to here 2⁻ⁿ is a double and the sum of the terms is exact to 1e-15; beyond, the beta function is to 1e-10. */
const mostSummed = 1_000;

/** P(X ≤ k) when X of n fair coins show heads. */
export function fairCoinCdf(k: number, n: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  if (n > mostSummed) return incompleteBeta(0.5, n - k, k + 1);
  let term = 2 ** -n;
  let sum = term;
  for (let heads = 1; heads <= k; heads++) {
    term *= (n - heads + 1) / heads;
    sum += term;
  }
  return sum;
}

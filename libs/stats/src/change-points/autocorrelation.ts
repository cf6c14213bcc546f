/** Nearer to 1, a series of the length at hand can't be distinguished from one that wanders off. */
const mostCorrelation = 0.9;

/** An estimate from N independent values exceeds 1.96 / √N in 2.5 % of cases; below that, correcting for it costs more than it saves. */
const leastZ = 1.96;

/**
 * By how much the variance of a mean of neighbouring values exceeds that of independent ones: (1 + ρ) / (1 − ρ) for an
 * autoregressive series of first order (Bartlett 1946). ρ is the correlation of neighbours about the means of their segments, with the
 * bias of its estimate (Kendall 1954: −1 / N a segment for independent values) taken out; one that chance explains counts as none.
 *
 * @param borders where segments begin, ascending, without 0
 */
export function varianceInflation(values: readonly number[], borders: readonly number[]): number {
  const count = values.length;
  let [products, squares] = [0, 0];
  [0, ...borders].forEach((from, segment) => {
    const part = values.slice(from, borders[segment] ?? count);
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    part.forEach((value, i) => {
      squares += (value - mean) ** 2;
      if (i > 0) products += (value - mean) * ((part[i - 1] ?? 0) - mean);
    });
  });
  if (squares === 0) return 1;
  const bias = (borders.length + 1) / count;
  const estimate = products / squares + bias;
  if (estimate < leastZ / Math.sqrt(count)) return 1;
  const correlation = Math.min(mostCorrelation, estimate);
  return (1 + correlation) / (1 - correlation);
}

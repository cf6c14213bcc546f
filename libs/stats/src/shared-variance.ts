import type { Component } from './variance-components.js';

/** The boots, or the days, in which a host's runs of either side stand: one name a run. */
export interface Places {
  a: readonly string[];
  b: readonly string[];
}

/**
 * How much of the variance between boots (or days) stands in the difference of a host's two means and can't be seen in the scatter of
 * their runs, as a multiple of it. With p and q the shares of a's n and b's m runs in each boot,
 *
 *     max(0, Σ (p − q)² − (1 − Σp²)/(n − 1) − (1 − Σq²)/(m − 1))
 *
 * The first term is what boots do to the difference: 2 with one boot a side, 0 where both sides were measured in the same
 * boots to equal parts. The others are what of it the sample variances s²/n and s²/m hold already, on average. A side without runs (another
 * host's) counts for nothing.
 */
export function sharedShare({ a, b }: Places): number {
  const [p, q] = [sharesOf(a), sharesOf(b)];
  const difference = [...new Set([...p.keys(), ...q.keys()])].reduce(
    (sum, name) => sum + ((p.get(name) ?? 0) - (q.get(name) ?? 0)) ** 2,
    0,
  );
  return Math.max(0, difference - seen(p, a.length) - seen(q, b.length));
}

function sharesOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map([...counts].map(([name, count]) => [name, count / names.length]));
}

/** What of the variance between boots the scatter of these runs about their mean holds, divided by their number. */
function seen(shares: ReadonlyMap<string, number>, runs: number): number {
  if (runs < 2) return 0;
  return (1 - [...shares.values()].reduce((sum, share) => sum + share * share, 0)) / (runs - 1);
}

/** Independent variances, each times its factor, with the degrees of freedom of their sum (Satterthwaite 1946). Null of none. */
export function weightedSum(parts: readonly { component: Component; factor: number }[]): Component | null {
  const counted = parts.filter(({ component, factor }) => component.variance > 0 && factor > 0);
  if (counted.length === 0) return null;
  const variances = counted.map(({ component, factor }) => component.variance * factor);
  const variance = variances.reduce((sum, one) => sum + one, 0);
  const fourth = counted.reduce((sum, { component }, i) => sum + (variances[i] ?? 0) ** 2 / component.degrees, 0);
  return { variance, degrees: variance ** 2 / fourth };
}

/**
 * How much one side outranks the other, −1 … 1 (Cliff 1993): the share of pairs in which b's value is the larger, less the
 * share in which a's is. 0 when the sides mix evenly, 1 when all of b lies above all of a.
 *
 * @param u pairs in which a's value is the larger, plus half of the ties (`mannWhitney`)
 */
export function cliffsDelta(u: number, countA: number, countB: number): number {
  return 1 - (2 * u) / (countA * countB);
}

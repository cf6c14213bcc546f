/** Standard deviations of logarithms (shares of the level); null where the runs can't tell. */
export interface Spreads {
  runSd: number | null;
  bootSd: number | null;
  daySd: number | null;
}

export type NoiseGrade = 'A' | 'B' | 'C' | 'D';

/**
 * Largest noise floor of each grade, as a share. What they mean for two sides of n runs each in turn: the interval's half-width is
 * about 2 √(2/n) of the floor. With 10 runs that is 0.94 of it: at A ten runs settle the usual margin of 1 % with room to spare, at B barely;
 * the last of C take 70. Beyond, a host hides what others show: it is flagged wherever its figures appear.
 */
export const noiseGradeLimits = { A: 0.005, B: 0.01, C: 0.03 } as const;

/** Degrees of freedom from which a spread is taken for known: 4 are those of 5 runs. */
export const enoughDegrees = 4;

/**
 * By how much one run of a host differs from another, later one when nothing has changed, as a standard deviation: that between runs of one
 * boot and day, between boots and between days, as far as they are known. Null when none is.
 */
export function noiseFloor({ runSd, bootSd, daySd }: Spreads): number | null {
  const known = [runSd, bootSd, daySd].filter((sd) => sd !== null);
  return known.length === 0 ? null : Math.hypot(...known);
}

/** @param floor as a share of the level, not negative */
export function noiseGrade(floor: number): NoiseGrade {
  const { A, B, C } = noiseGradeLimits;
  if (floor <= A) return 'A';
  if (floor <= B) return 'B';
  return floor <= C ? 'C' : 'D';
}

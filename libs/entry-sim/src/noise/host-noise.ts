import type { NoiseConditions } from './crossing-noise.js';
import { noise } from './parameters.js';
import { Random } from './random.js';
import { seedOf } from './seed-of.js';

/** The factor that a host carries for good: 1 for the usual one of its model. */
export const hostFactor = (seed: number): number => factor(noise.hostSigma.value, new Random(seed));

/**
 * What is the matter with a host that a worker simulates: what its name and machine give it for good. Boots and drift take a
 * calendar, which only a history has (libs/demo-history): a worker's simulated host never boots again, and its days are alike.
 */
export const hostConditions = (hostId: string, machine: string): NoiseConditions => ({
  level: hostFactor(seedOf('host', hostId, machine)),
  unrest: 1,
});

/** The factor that one boot carries until the next. */
export const bootFactor = (seed: number): number => factor(noise.bootSigma.value, new Random(seed));

const factor = (sigma: number, random: Random): number => Math.exp(sigma * random.normal());

/** The factor that a host's drift gives on each of its first `days` days, stationary from the first day on. */
export function driftFactors(days: number, seed: number): Float64Array {
  const random = new Random(seed);
  const [sigma, rho] = [noise.driftSigma.value, noise.driftPerDay.value];
  const fresh = sigma * Math.sqrt(1 - rho * rho);
  let drift = sigma * random.normal();
  return Float64Array.from({ length: days }, (_, day) => {
    if (day > 0) drift = rho * drift + fresh * random.normal();
    return Math.exp(drift);
  });
}

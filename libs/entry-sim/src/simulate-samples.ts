import { findMachine } from './machines/catalogue.js';
import { CrossingNoise, type NoiseConditions } from './noise/crossing-noise.js';

/** The samples of one run in columns; `seq` counts faults, of which those without a sample are left out. */
export interface SimulatedSamples {
  seq: Int32Array;
  u2k: Int32Array;
  k2u: Int32Array;
  interrupted: Uint8Array;
}

/**
 * The same samples that `simulateRun` prints with the same seed, without the log around them.
 *
 * @throws SimulationRefused for a machine that is not known.
 */
export function simulateSamples(options: {
  machine: string;
  faults: number;
  warmup: number;
  seed: number;
  /** As in `simulateRun`. */
  conditions?: NoiseConditions;
}): SimulatedSamples {
  const { machine, faults, warmup, seed, conditions } = options;
  const noise = new CrossingNoise(findMachine(machine), seed, conditions);
  for (let fault = 0; fault < warmup; fault++) noise.next();
  const seqs = new Int32Array(faults);
  const u2ks = new Int32Array(faults);
  const k2us = new Int32Array(faults);
  const flags = new Uint8Array(faults);
  let count = 0;
  for (let seq = 0; seq < faults; seq++) {
    const { u2k, k2u, interrupted, rejected } = noise.next();
    if (rejected) continue;
    seqs[count] = seq;
    u2ks[count] = u2k;
    k2us[count] = k2u;
    flags[count] = interrupted ? 1 : 0;
    count++;
  }
  const [seq, u2k, k2u, interrupted] = [
    seqs.subarray(0, count),
    u2ks.subarray(0, count),
    k2us.subarray(0, count),
    flags.subarray(0, count),
  ];
  return { seq, u2k, k2u, interrupted };
}

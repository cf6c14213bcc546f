import { crossingCosts } from '../costs/crossing.js';
import type { SimulatedMachine } from '../machines/machine.js';
import { noise } from './parameters.js';
import { Random } from './random.js';

/** One simulated fault, in TSC cycles. */
export interface SimulatedFault {
  u2k: number;
  /** -1 when no valid exit stamp was left. */
  k2u: number;
  interrupted: boolean;
  rejected: boolean;
}

/** A window's disturbance: the extra TSC cycles of an event that comes `hz` times a second. */
interface Disturbance {
  hz: number;
  meanTscCycles: number;
  interrupts: boolean;
}

/** Draws the faults of one run. One object a run: the run's own factor is drawn when it is made. */
export class CrossingNoise {
  readonly #random: Random;
  readonly #u2k: number;
  readonly #k2u: number;
  readonly #ratio: number;
  readonly #step: number;
  readonly #tscHz: number;
  readonly #disturbances: Disturbance[];
  readonly #fault: SimulatedFault = { u2k: 0, k2u: 0, interrupted: false, rejected: false };

  constructor(machine: SimulatedMachine, seed: number) {
    this.#random = new Random(seed);
    const costs = crossingCosts(machine);
    // One factor for both directions: what a placement makes slower it makes slower both ways.
    const runFactor = Math.exp(noise.runSigma.value * this.#random.normal());
    this.#u2k = costs.u2k.tscCycles * runFactor;
    this.#k2u = costs.k2u.tscCycles * runFactor;
    this.#ratio = machine.tscMhz / machine.coreMhz;
    this.#step = machine.tscStep;
    this.#tscHz = machine.tscMhz * 1e6;
    const event = (hz: number, meanCycles: number, interrupts: boolean): Disturbance => ({
      hz,
      meanTscCycles: meanCycles * this.#ratio,
      interrupts,
    });
    this.#disturbances = [
      event(noise.tickHz.value, noise.tickMeanCycles.value, true),
      event(noise.smiHz.value, noise.smiMeanCycles.value, false),
      ...(machine.paging !== 'bare' ? [event(noise.stealHz.value, noise.stealMeanCycles.value, false)] : []),
    ];
  }

  /** TSC cycles from one fault to the next, beside the windows. */
  get loopTscCycles(): number {
    return noise.loopCycles.value * this.#ratio;
  }

  /** The next fault; the object is used again by the call after. */
  next(): SimulatedFault {
    const fault = this.#fault;
    fault.interrupted = false;
    fault.u2k = this.#window(this.#u2k);
    fault.k2u = this.#window(this.#k2u);
    fault.rejected = this.#random.uniform() < noise.rejectedShare.value;
    return fault;
  }

  #window(tscCycles: number): number {
    const random = this.#random;
    let value = tscCycles * Math.exp(noise.bodySigma.value * random.normal());
    if (random.uniform() < noise.coldShare.value) value += random.exponential(noise.coldMeanCycles.value) * this.#ratio;
    for (const { hz, meanTscCycles, interrupts } of this.#disturbances) {
      if (random.uniform() >= (hz * tscCycles) / this.#tscHz) continue;
      value += random.exponential(meanTscCycles);
      this.#fault.interrupted ||= interrupts;
    }
    return Math.max(this.#step, Math.round(value / this.#step) * this.#step);
  }
}

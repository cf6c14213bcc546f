import { crossingCosts } from '../costs/crossing.js';
import type { SimulatedMachine } from '../vocabulary/simulated-machine.js';
import { Lognormal } from './lognormal.js';
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

/** An event that comes at random, `perCycle` times in a TSC cycle on average, and how long it takes. */
interface Disturbance {
  perCycle: number;
  meanTscCycles: number;
  interrupts: boolean;
}

/** What is the matter with a machine at the time of a run. */
export interface NoiseConditions {
  /** What both windows cost, as a factor of the model's figure: the host's, the boot's and the day's (host-noise.ts). */
  level: number;
  /** How restless the machine is: a factor on the SD between runs and on how often ticks, SMIs and cold lines come. */
  unrest: number;
}

export const usualConditions: NoiseConditions = { level: 1, unrest: 1 };

const body = new Lognormal(noise.bodySigma.value);

/** Draws the faults of one run. One object a run: the run's own factor is drawn when it is made. */
export class CrossingNoise {
  readonly #random: Random;
  readonly #u2k: number;
  readonly #k2u: number;
  readonly #ratio: number;
  readonly #step: number;
  readonly #coldShare: number;
  readonly #coldTscCycles: number;
  readonly #disturbances: readonly Disturbance[];
  readonly #disturbancesPerCycle: number;
  readonly #fault: SimulatedFault = { u2k: 0, k2u: 0, interrupted: false, rejected: false };
  // What is rare is not asked for at every fault: these count down to where it comes next.
  #windowsUntilCold: number;
  #faultsUntilRejected: number;
  /** TSC cycles inside windows until the next disturbance. */
  #cyclesUntilDisturbed: number;

  constructor(machine: SimulatedMachine, seed: number, { level, unrest }: NoiseConditions = usualConditions) {
    this.#random = new Random(seed);
    const costs = crossingCosts(machine);
    // One factor for both directions: what a placement makes slower it makes slower both ways.
    const factor = level * Math.exp(unrest * noise.runSigma.value * this.#random.normal());
    this.#u2k = costs.u2k.tscCycles * factor;
    this.#k2u = costs.k2u.tscCycles * factor;
    this.#coldShare = Math.min(noise.coldShare.value * unrest, 0.5);
    this.#ratio = machine.tscMhz / machine.coreMhz;
    this.#step = machine.tscStep;
    this.#coldTscCycles = noise.coldMeanCycles.value * this.#ratio;
    const event = (hz: number, meanCycles: number, interrupts: boolean): Disturbance => ({
      perCycle: (hz * unrest) / (machine.tscMhz * 1e6),
      meanTscCycles: meanCycles * this.#ratio,
      interrupts,
    });
    this.#disturbances = [
      event(noise.tickHz.value, noise.tickMeanCycles.value, true),
      event(noise.smiHz.value, noise.smiMeanCycles.value, false),
      ...(machine.paging !== 'bare' ? [event(noise.stealHz.value, noise.stealMeanCycles.value, false)] : []),
    ];
    this.#disturbancesPerCycle = this.#disturbances.reduce((sum, { perCycle }) => sum + perCycle, 0);
    this.#windowsUntilCold = this.#until(this.#coldShare);
    this.#faultsUntilRejected = this.#until(noise.rejectedShare.value);
    this.#cyclesUntilDisturbed = this.#random.exponential(1 / this.#disturbancesPerCycle);
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
    fault.rejected = --this.#faultsUntilRejected === 0;
    if (fault.rejected) this.#faultsUntilRejected = this.#until(noise.rejectedShare.value);
    return fault;
  }

  #window(tscCycles: number): number {
    let value = tscCycles * body.draw(this.#random);
    if (--this.#windowsUntilCold === 0) {
      value += this.#random.exponential(this.#coldTscCycles);
      this.#windowsUntilCold = this.#until(this.#coldShare);
    }
    this.#cyclesUntilDisturbed -= tscCycles;
    while (this.#cyclesUntilDisturbed < 0) value += this.#disturbed();
    return Math.max(this.#step, Math.round(value / this.#step) * this.#step);
  }

  /** One disturbance falls into the window; how long it takes. */
  #disturbed(): number {
    this.#cyclesUntilDisturbed += this.#random.exponential(1 / this.#disturbancesPerCycle);
    let which = this.#random.uniform() * this.#disturbancesPerCycle;
    for (const { perCycle, meanTscCycles, interrupts } of this.#disturbances) {
      which -= perCycle;
      if (which >= 0) continue;
      this.#fault.interrupted ||= interrupts;
      return this.#random.exponential(meanTscCycles);
    }
    return 0; // rounding left nothing over: no disturbance
  }

  /** Tries until something happens that has this share of all tries: geometric, from 1 on. */
  #until(share: number): number {
    return 1 + Math.floor(Math.log(this.#random.uniform()) / Math.log1p(-share));
  }
}

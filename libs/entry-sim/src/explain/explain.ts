import { confidenceOf, type Confidence } from '../costs/error-band.js';
import { inTscCycles } from '../costs/crossing.js';
import { lineages } from '../costs/lineage.js';
import { microarchitectureCosts } from '../costs/microarchitectures.js';
import { type Charge, priceSteps } from '../costs/price.js';
import type { SimulatedMachine } from '../vocabulary/simulated-machine.js';
import { crossingSettings } from '../costs/crossing-settings.js';
import { type Conditions, machineUnder } from '../predict/predict.js';
import type { CrossingTrace, CrossingWindow, TraceStep } from '../vocabulary/crossing-trace.js';
import { traceCrossing } from '../trace/trace-crossing.js';

/** A step of the crossing with what it costs. */
export interface ExplainedStep extends TraceStep {
  /** What is charged for it: the step itself, and what a hypervisor does behind it. */
  charges: Charge[];
  coreCycles: number;
  /** Sum of the window's steps so far, this one included; null outside the windows. */
  running: { coreCycles: number; tscCycles: number } | null;
}

export interface ExplainedWindow extends Confidence {
  instructions: number;
  coreCycles: number;
  tscCycles: number;
  ns: number;
}

/** One crossing and back, instruction by instruction. */
export interface Explanation {
  machine: SimulatedMachine;
  lineage: string;
  settings: CrossingTrace['settings'];
  steps: ExplainedStep[];
  windows: Record<CrossingWindow, ExplainedWindow>;
  death: CrossingTrace['death'];
}

/**
 * What a crossing does and what each step of it costs, without noise.
 *
 * @throws SimulationRefused naming the condition and the remedy.
 */
export function explain(conditions: Conditions): Explanation {
  const machine = machineUnder(conditions);
  const settings = crossingSettings(machine);
  const trace = traceCrossing(settings);
  const core = microarchitectureCosts[machine.costs];
  const charges = priceSteps(trace.steps, core, machine.paging);
  const sums: Record<CrossingWindow, number> = { u2k: 0, k2u: 0 };
  const steps = trace.steps.map((step, index): ExplainedStep => {
    const own = charges.filter((charge) => charge.step === index);
    const coreCycles = own.reduce((sum, { cycles }) => sum + cycles, 0);
    const { window } = step;
    if (window === null) return { ...step, charges: own, coreCycles, running: null };
    sums[window] += coreCycles;
    const running = { coreCycles: sums[window], tscCycles: inTscCycles(sums[window], machine) };
    return { ...step, charges: own, coreCycles, running };
  });
  const windowOf = (name: CrossingWindow): ExplainedWindow => ({
    instructions: trace.instructions[name],
    coreCycles: sums[name],
    tscCycles: inTscCycles(sums[name], machine),
    ns: (sums[name] * 1_000) / machine.coreMhz,
    ...confidenceOf(
      charges.filter((charge) => charge.window === name),
      core.lineage,
    ),
  });
  const windows = { u2k: windowOf('u2k'), k2u: windowOf('k2u') };
  return { machine, lineage: lineages[core.lineage].name, settings, steps, windows, death: trace.death };
}

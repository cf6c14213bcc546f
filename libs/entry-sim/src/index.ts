// Simulated machines: what a crossing costs, its noise, and the kernel log that a run would leave.
export { calibrationReport, type CalibrationRow } from './calibration/report.js';
export { bandRecords, type BandRecord } from './calibration/band-records.js';
export { publishedFigures, type PublishedFigure } from './calibration/published.js';
export type { Basis, Cost, Trust } from './costs/constant.js';
export { crossingCosts, type CrossingCost } from './costs/crossing.js';
export { microarchitectureCosts, type CostTable, type MicroarchitectureCosts } from './costs/microarchitectures.js';
export { damageLog, LOG_FAULTS, type LogFault } from './damage/damage-log.js';
export { PAGING_MODES, type Paging } from './costs/paging.js';
export { type Charge } from './costs/price.js';
export { simulatedBootState } from './machines/boot-state.js';
export { simulatedFleet, type FleetHost } from './machines/fleet-mix.js';
export { simulatedMachines } from './machines/catalogue.js';
export { explain, type ExplainedStep, type Explanation } from './explain/explain.js';
export type { SimulatedMachine } from './vocabulary/simulated-machine.js';
export type { NoiseConditions } from './noise/crossing-noise.js';
export { bootFactor, driftFactors, hostConditions, hostFactor } from './noise/host-noise.js';
export { Random } from './noise/random.js';
export { seedOf } from './noise/seed-of.js';
export { noise, type NoiseParameter } from './noise/parameters.js';
export { type Conditions, machineUnder, predict, type PredictedFigure, type Prediction } from './predict/predict.js';
export { SimulationRefused } from './vocabulary/simulation-refused.js';
export { simulateSamples, type SimulatedSamples } from './simulate-samples.js';
export { simulateRun, type SimulatedRunOptions } from './simulate-run.js';
export {
  type CostClass,
  COST_CLASSES,
  type CrossingSettings,
  type CrossingTrace,
  PROGRAM_NAMES,
  type ProgramName,
  type TraceStep,
} from './vocabulary/crossing-trace.js';
export { traceCrossing } from './trace/trace-crossing.js';

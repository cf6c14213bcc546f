// Simulated machines: what a crossing costs, its noise, and the kernel log that a run would leave.
export { crossingCosts, type CrossingCost, type CrossingStep } from './costs/crossing.js';
export type { Cost, Trust } from './costs/constant.js';
export { microarchitectureCosts, type CostTable, type MicroarchitectureCosts } from './costs/microarchitectures.js';
export { simulatedBootState } from './machines/boot-state.js';
export { simulatedMachines, SimulationRefused } from './machines/catalogue.js';
export type { SimulatedMachine } from './machines/machine.js';
export { noise, type NoiseParameter } from './noise/parameters.js';
export { simulateRun, type SimulatedRunOptions } from './simulate-run.js';

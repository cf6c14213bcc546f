import { cost, type Cost } from './constant.js';

/** What one microarchitecture pays for the steps of a crossing, in core cycles. */
export interface MicroarchitectureCosts {
  /** One `rdtsc`: half of it falls on each side of a stamp, so a window between two stamps holds one. */
  rdtsc: Cost;
  /** Page walk that ends at a missing entry, translations of the upper levels cached. */
  failedWalk: Cost;
  /** From the faulting access to the first instruction of the #PF handler. */
  exceptionDelivery: Cost;
  iretq: Cost;
  swapgs: Cost;
  /** `verw` that also clears the CPU's buffers. */
  verw: Cost;
  /** Relative half-width of a prediction's error band; follows from how much of it was published. */
  errorBand: number;
}

const tables = 'InstLatx64 result files and Agner Fog, instruction tables: reciprocal throughput of rdtsc';
const haswellModel = "starting value for Haswell of the crossing-cost model (facts/crossing-costs.json, 'model')";
const carried = 'no published figure for this core: the Haswell value is carried over unchanged (estimate)';

const failedWalk = cost(40, 'C', `${haswellModel}, assumed`);
const verw = cost(400, 'C', 'no published figure at hand: assumed order of magnitude of a buffer-clearing verw');

/** Only Haswell's exception costs are published; every other core carries them over, and its error band says so. */
function costs(rdtscCycles: number, errorBand: number, from: 'haswell' | 'carried'): MicroarchitectureCosts {
  const own = from === 'haswell';
  const told = (cycles: number): Cost => cost(cycles, own ? 'B' : 'C', own ? haswellModel : carried);
  return {
    rdtsc: cost(rdtscCycles, 'A', tables),
    failedWalk,
    exceptionDelivery: told(510),
    iretq: told(325),
    swapgs: told(26),
    verw,
    errorBand,
  };
}

/** Error bands: facts/crossing-costs.json, 'realisticAccuracy'. */
const band = { haswell: 0.1, nearHaswell: 0.25, laterIntel: 0.35, amd: 0.5 };

export const microarchitectureCosts = {
  'sandy-bridge': costs(28, band.nearHaswell, 'carried'),
  'ivy-bridge': costs(27, band.nearHaswell, 'carried'),
  haswell: costs(24, band.haswell, 'haswell'),
  broadwell: costs(24, band.nearHaswell, 'carried'),
  skylake: costs(25, band.nearHaswell, 'carried'),
  'cascade-lake': costs(25, band.nearHaswell, 'carried'),
  'ice-lake': costs(27, band.laterIntel, 'carried'),
  'golden-cove': costs(26, band.laterIntel, 'carried'),
  zen: costs(37, band.amd, 'carried'),
  zen2: costs(37, band.amd, 'carried'),
  zen3: costs(36, band.amd, 'carried'),
  zen4: costs(35, band.amd, 'carried'),
  zen5: costs(38, band.amd, 'carried'),
} as const satisfies Record<string, MicroarchitectureCosts>;

export type CostTable = keyof typeof microarchitectureCosts;

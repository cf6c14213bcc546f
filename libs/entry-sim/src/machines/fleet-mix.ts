import { Random } from '../noise/random.js';
import { SimulationRefused } from '../vocabulary/simulation-refused.js';

/**
 * Shares of a fleet that grew over the years: mostly the middle generations, some old ones that nobody switched off, few
 * of the newest. Assumed: nobody publishes such a census.
 */
const shares = {
  'sandy-bridge-ep': 2,
  'ivy-bridge-ep': 4,
  'haswell-ep': 10,
  'haswell-ep-vm': 4,
  'broadwell-ep': 12,
  'skylake-sp': 16,
  'skylake-sp-mitigated': 6,
  'cascade-lake': 14,
  'ice-lake-sp': 9,
  'sapphire-rapids': 4,
  zen: 2,
  zen2: 6,
  zen3: 7,
  zen4: 3,
  zen5: 1,
} as const;
const total = Object.values(shares).reduce((sum, share) => sum + share, 0);

/** A simulated host of a fleet: its id, and the key of its machine. */
export interface FleetHost {
  hostId: string;
  machine: string;
}

/**
 * `hosts` simulated hosts in these shares, each at most one host off, in an order that the seed shuffles. Their ids begin
 * with `prefix`.
 *
 * @throws SimulationRefused when `hosts` is not a whole number from 1 on.
 */
export function simulatedFleet(hosts: number, seed: number, prefix = 'fleet'): FleetHost[] {
  if (!Number.isInteger(hosts) || hosts < 1)
    throw new SimulationRefused('hosts', `${hosts} is not a number of hosts`, 'give a whole number from 1 on');
  // Largest remainder: whole parts first, what is left over to those that lost most by rounding.
  const parts = Object.entries(shares).map(([machine, share]) => ({ machine, exact: (hosts * share) / total }));
  const left = hosts - parts.reduce((sum, { exact }) => sum + Math.floor(exact), 0);
  const losers = [...parts].sort((a, b) => (b.exact % 1) - (a.exact % 1) || b.exact - a.exact).slice(0, left);
  const machines = parts.flatMap((part) =>
    Array.from({ length: Math.floor(part.exact) + (losers.includes(part) ? 1 : 0) }, () => part.machine),
  );
  const random = new Random(seed);
  for (let last = machines.length - 1; last > 0; last--) {
    const other = Math.floor(random.uniform() * (last + 1));
    [machines[last], machines[other]] = [machines[other]!, machines[last]!];
  }
  const digits = String(hosts).length;
  return machines.map((machine, index) => ({
    hostId: `${prefix}-${String(index + 1).padStart(digits, '0')}-${machine}`,
    machine,
  }));
}

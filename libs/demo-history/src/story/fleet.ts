/** Generations by the keys of `simulatedMachines`. */
export const generations = {
  leaving: 'haswell-ep',
  patched: 'skylake-sp',
  steady: 'cascade-lake',
  regressing: 'zen3',
  firstToJoin: 'ice-lake-sp',
  secondToJoin: 'sapphire-rapids',
  swappedFor: 'zen4',
} as const;

/** A place in the fleet: one host after the other is measured in it. */
export interface Slot {
  index: number;
  rack: string;
  machine: string;
}

const hostsPerRack = 5;

/** A fifth will leave, a quarter each of two generations, the rest of the fourth; spread over the racks. */
export function makeSlots(hosts: number): Slot[] {
  const leaving = hosts < 4 ? 0 : Math.max(2, Math.round(hosts * 0.2));
  const quarter = Math.ceil((hosts - leaving) * 0.3);
  const machines = Array.from({ length: hosts }, (_, index) => {
    if (index < leaving) return generations.leaving;
    if (index < leaving + quarter) return generations.patched;
    return index < leaving + 2 * quarter ? generations.steady : generations.regressing;
  });
  const racks = Math.ceil(hosts / hostsPerRack);
  return machines.map((machine, index) => ({ index, rack: `r${(index % racks) + 1}`, machine }));
}

/** Names by order of arrival: they say nothing of the machine, which may be swapped. */
export const hostName = (place: number, hosts: number): string =>
  `demo-${String(place + 1).padStart(Math.max(2, String(hosts * 2).length), '0')}`;

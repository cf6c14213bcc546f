import type { RunOrder } from '#contracts';
import { words } from './seed.js';

/** A copy in seeded random order (Fisher and Yates). The modulo's bias is below 10,000 / 2^32. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const deck = [...items];
  const random = words(seed);
  for (let last = deck.length - 1; last > 0; last -= 1) {
    const chosen = random.next().value % (last + 1);
    const moved = deck[last] as T;
    deck[last] = deck[chosen] as T;
    deck[chosen] = moved;
  }
  return deck;
}

/**
 * Puts the runs of several groups (one per host and probe, each in order of replicate) into the order of queueing.
 *
 * @param seed only used by `shuffled`
 */
export function orderRuns<T>(groups: readonly (readonly T[])[], order: RunOrder, seed: number): T[] {
  switch (order) {
    case 'sequential':
      return groups.flat();
    case 'shuffled':
      return shuffled(groups.flat(), seed);
    case 'interleaved': {
      const longest = Math.max(0, ...groups.map((group) => group.length));
      return Array.from({ length: longest }, (_, replicate) =>
        groups.flatMap((group) => group.slice(replicate, replicate + 1)),
      ).flat();
    }
  }
}

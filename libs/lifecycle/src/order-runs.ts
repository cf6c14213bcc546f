import type { RunOrder } from '#contracts';
import { words } from './seed.js';

/** A copy in seeded random order (Fisher and Yates). The modulo's bias is below 10,000 / 2^32. */
function shuffled<T>(items: readonly T[], random: Generator<number, never>): T[] {
  const deck = [...items];
  for (let last = deck.length - 1; last > 0; last -= 1) {
    const chosen = random.next().value % (last + 1);
    const moved = deck[last] as T;
    deck[last] = deck[chosen] as T;
    deck[chosen] = moved;
  }
  return deck;
}

/**
 * One run of every group, again and again: a host's cells and probes of each turn are a block in random order of its own
 * (Fisher 1926), so that neither a drift nor a rhythm of the machine (every other run, say) falls on one of them alone. Hosts
 * have queues of their own, so they keep their order.
 */
function inBlocks<T extends { hostId: string }>(groups: readonly (readonly T[])[], seed: number): T[] {
  const random = words(seed);
  const longest = groups.reduce((length, group) => Math.max(length, group.length), 0);
  return Array.from({ length: longest }, (_, replicate) => {
    const blocks = new Map<string, T[]>();
    for (const run of groups.flatMap((group) => group.slice(replicate, replicate + 1))) {
      const block = blocks.get(run.hostId);
      if (block === undefined) blocks.set(run.hostId, [run]);
      else block.push(run);
    }
    return [...blocks.values()].flatMap((block) => shuffled(block, random));
  }).flat();
}

/**
 * Puts the runs of several groups (one per host, cell and probe, each in order of replicate) into the order of queueing. The
 * same seed gives the same order.
 */
export function orderRuns<T extends { hostId: string }>(
  groups: readonly (readonly T[])[],
  order: RunOrder,
  seed: number,
): T[] {
  switch (order) {
    case 'sequential':
      return groups.flat();
    case 'shuffled':
      return shuffled(groups.flat(), words(seed));
    case 'interleaved':
      return inBlocks(groups, seed);
  }
}

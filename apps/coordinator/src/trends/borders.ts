/** A host's runs by one executor and of one provenance: what can follow upon itself in time. */
export interface Line {
  hostId: string;
  executor: string;
  provenance: string;
}

/** A stretch of time in which a line was measured under one boot state. */
export interface Stretch extends Line {
  bootStateHash: string;
  /** Of its first and its last run, ms since 1970. */
  firstMs: number;
  lastMs: number;
}

/** Where one boot state gave way to another. */
export interface Border extends Line {
  before: string;
  after: string;
  /** The last run before, and the first run after. */
  lastBeforeMs: number;
  atMs: number;
}

export const lineOf = ({ hostId, executor, provenance }: Line): string =>
  JSON.stringify([hostId, executor, provenance]);

export function byLine<One extends Line>(all: readonly One[]): Map<string, One[]> {
  const lines = new Map<string, One[]>();
  for (const one of all) {
    const own = lines.get(lineOf(one));
    if (own === undefined) lines.set(lineOf(one), [one]);
    else own.push(one);
  }
  return lines;
}

const inTime = (stretches: readonly Stretch[]): Stretch[] =>
  [...stretches].sort(
    (a, b) => a.firstMs - b.firstMs || a.lastMs - b.lastMs || (a.bootStateHash < b.bootStateHash ? -1 : 1),
  );

/** Whether two boot states of a line were measured at the same time, or one came back: then only its days tell their order. */
export function overlap(line: readonly Stretch[]): boolean {
  const ordered = inTime(line);
  return ordered.some((one, i) => i > 0 && one.firstMs < (ordered[i - 1]?.lastMs ?? 0));
}

/**
 * The stretches of one line by its days, where its boot states overlap in time. Days on which several were measured (the cells of a
 * matrix) tell no order: boot states that only stand beside each other have no border, and their days belong to no stretch. A day
 * between two stretches on which both were measured is the first of the later one.
 *
 * @param days a row for each boot state of a day, ms of its beginning, in any order
 */
export function stretchesOfDays(line: Line, days: readonly { bootStateHash: string; dayMs: number }[]): Stretch[] {
  const { hostId, executor, provenance } = line;
  const hashes = new Map<number, Set<string>>();
  for (const { bootStateHash, dayMs } of days) hashes.set(dayMs, (hashes.get(dayMs) ?? new Set()).add(bootStateHash));
  const stretches: Stretch[] = [];
  let mixed: [number, Set<string>] | null = null;
  for (const [dayMs, those] of [...hashes].sort(([a], [b]) => a - b)) {
    const [bootStateHash = ''] = those;
    const last = stretches.at(-1);
    if (those.size > 1) mixed = [dayMs, those];
    else if (last?.bootStateHash === bootStateHash) last.lastMs = dayMs;
    else {
      const onMixed = mixed !== null && last !== undefined && mixed[0] > last.lastMs && mixed[1].has(bootStateHash);
      const firstMs: number = onMixed && mixed !== null ? mixed[0] : dayMs;
      stretches.push({ hostId, executor, provenance, bootStateHash, firstMs, lastMs: dayMs });
    }
  }
  return stretches;
}

/** Every border between two stretches of one line that do not overlap. */
export function bordersOf(line: readonly Stretch[]): Border[] {
  const ordered = inTime(line);
  return ordered.flatMap((after, i): Border[] => {
    const before = ordered[i - 1];
    if (before === undefined || before.bootStateHash === after.bootStateHash || after.firstMs < before.lastMs)
      return [];
    const { hostId, executor, provenance, firstMs: atMs } = after;
    const hashes = { before: before.bootStateHash, after: after.bootStateHash };
    return [{ hostId, executor, provenance, ...hashes, lastBeforeMs: before.lastMs, atMs }];
  });
}

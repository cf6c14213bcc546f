import { type Component, enoughDegrees, sharedShare, weightedSum } from '#stats';
import { hasBootsAndDays } from '../noise-floors/has-boots.js';
import type { HostNoiseRow } from '../noise-floors/noise-floors.js';
import type { Replicate } from './side.js';
import type { ScopedSides } from './scope.js';

/** What a host's history says of the spread between its boots and days; null where it says too little. */
interface Known {
  boot: Component | null;
  day: Component | null;
}

/** Below 4 degrees of freedom (5 boots, say) the interval would hold the truth in 90 to 92 % only (docs/statistics.md). */
function known(sd: number | null, degrees: number): Component | null {
  return sd === null || degrees < enoughDegrees ? null : { variance: sd * sd, degrees };
}

type Series = Pick<HostNoiseRow, 'hostId' | 'executor' | 'provenance'>;

export const seriesKey = ({ hostId, executor, provenance }: Series): string =>
  JSON.stringify([hostId, executor, provenance]);

/** The series that a run is of. */
export const seriesOf = ({ hostId, facts, provenance }: Replicate): string =>
  seriesKey({ hostId, executor: facts['executor'] ?? '', provenance });

function knownOf(row: HostNoiseRow | undefined): Known {
  if (row === undefined) return { boot: null, day: null };
  return { boot: known(row.bootSd, row.bootDegrees), day: known(row.daySd, row.dayDegrees) };
}

const bootOf = ({ bootId }: Replicate): string => bootId ?? '';
/** UTC, as the read model counts days. */
const dayOf = ({ endedAtMs }: Replicate): string => new Date(endedAtMs).toISOString().slice(0, 10);

export interface BootsAndDays {
  /** Variance of the difference of the sides' levels that boots and days add; null of none. */
  shared: Component | null;
  /** Hosts of which the spread between boots is known, and of which it is not: for those an answer speaks for these boots only. */
  hostsKnown: number;
  hostsUnknown: number;
}

/**
 * What boots and days add to the variance of the difference, of given hosts: each host's spread between boots and between days from its
 * history, times what its runs' boots and days leave in the difference (`sharedShare`). Hosts of a kind have theirs in the scatter
 * between hosts already, and a worker's simulated hosts have neither.
 */
export function bootsAndDays({ a, b, paired }: ScopedSides, history: readonly HostNoiseRow[]): BootsAndDays {
  const [inA, inB] = [a, b].map(({ scope, runs }) => groupByHost(scope === 'hosts' ? runs : []));
  const bySeries = new Map(history.map((row) => [seriesKey(row), row]));
  const parts: { component: Component; factor: number }[] = [];
  const counts = { hostsKnown: 0, hostsUnknown: 0 };
  for (const hostId of new Set([...(inA?.keys() ?? []), ...(inB?.keys() ?? [])])) {
    const [ofA, ofB] = [inA?.get(hostId) ?? [], inB?.get(hostId) ?? []];
    const [run] = [...ofA, ...ofB];
    if (run === undefined || !hasBootsAndDays(run)) continue;
    const { boot, day } = knownOf(bySeries.get(seriesOf(run)));
    counts[boot === null ? 'hostsUnknown' : 'hostsKnown'] += 1;
    const hosts = (paired || ofA.length > 0 ? inA : inB)?.size ?? 1;
    const factorOf = (nameOf: (run: Replicate) => string): number =>
      sharedShare({ a: ofA.map(nameOf), b: ofB.map(nameOf) }) / hosts ** 2;
    if (boot !== null) parts.push({ component: boot, factor: factorOf(bootOf) });
    if (day !== null) parts.push({ component: day, factor: factorOf(dayOf) });
  }
  return { shared: weightedSum(parts), ...counts };
}

function groupByHost(runs: readonly Replicate[]): Map<string, Replicate[]> {
  const hosts = new Map<string, Replicate[]>();
  for (const run of runs) {
    const own = hosts.get(run.hostId);
    if (own === undefined) hosts.set(run.hostId, [run]);
    else own.push(run);
  }
  return hosts;
}

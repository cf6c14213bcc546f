import { executorOf, type FindingMovement } from '#contracts';
import type { PrismaClient } from '#event-store';
import type { Facts } from '../compare/facts.js';
import { dayOf, factsAt, kindOf } from './candidates.js';
import { beside } from './sides-of-change.js';
import type { WatchedSeries } from './watched-series.js';

/** Of a finding of more hosts so many are measured again; and control hosts, enough for 2 % beside the usual scatter (docs/statistics.md). */
const [mostHosts, mostControl, leastControl] = [20, 10, 3];

/** What tonight's look knows. */
export interface Seen {
  fleet: readonly WatchedSeries[];
  facts: ReadonlyMap<string, Facts>;
  /** Hosts that moved, or whose runs scatter more than they did: none can be a control. */
  unsettled: ReadonlySet<string>;
  /** Hosts whose worker was heard of lately, without those out of service. */
  alive: ReadonlySet<string>;
}

/** What it waits for, in one sentence. */
interface HeldUp {
  heldUp: string;
}
export type Choice = { hosts: string[]; controlHosts: string[]; faults: number } | HeldUp;

/** As many as are wanted, evenly chosen. */
const some = (all: readonly string[], most: number): string[] =>
  all.length <= most
    ? [...all]
    : all.filter((_, i) => Math.floor((i * most) / all.length) !== Math.floor(((i - 1) * most) / all.length));

/** How many faults most of the hosts' runs before had: fresh ones are to be like them. */
async function usualFaults(db: PrismaClient, { hosts, executor, probe }: FindingMovement): Promise<number | null> {
  const [row] = await db.$queryRaw<{ faults: number | null; guests: number }[]>`
    SELECT mode() WITHIN GROUP (ORDER BY faults) AS faults, count(guest)::integer AS guests
      FROM (SELECT faults, guest FROM runs WHERE host_id = ANY(${some(hosts, mostHosts)}::text[]) AND executor = ${executor}
               AND probe = ${probe} AND state = 'completed' AND ended_at IS NOT NULL
             ORDER BY ended_at DESC LIMIT 1000) AS latest`;
  return row === undefined || row.guests > 0 ? null : row.faults;
}

/** Hosts that stayed as they were and can be measured beside, those of the same generation first. */
function controlsOf({ fleet, facts, unsettled, alive }: Seen, movement: FindingMovement): string[] {
  const [fromDay, toDay] = [dayOf(movement.fromDay), dayOf(movement.toDay)];
  const kind = kindOf({ ...movement, hostId: '', segments: [], spread: [] });
  const still = fleet.filter(
    (series) =>
      kindOf(series) === kind &&
      !unsettled.has(series.hostId) &&
      alive.has(series.hostId) &&
      !movement.hosts.includes(series.hostId) &&
      beside(series, { fromDay, toDay: Math.min(toDay, lastDay(series) - 2) }) !== null,
  );
  const generation = (series: WatchedSeries): string => factsAt(series, toDay, facts)['generation'] ?? '';
  const near = (series: WatchedSeries): number => (movement.generations.includes(generation(series)) ? 0 : 1);
  return still
    .sort((a, b) => near(a) - near(b) || (a.hostId < b.hostId ? -1 : 1))
    .map(({ hostId }) => hostId)
    .slice(0, mostControl);
}

const lastDay = ({ segments }: WatchedSeries): number =>
  Math.max(...segments.map(({ days }) => days.at(-1) ?? -Infinity));

/** Hosts that are heard of, and those to be measured beside them; or what that waits for. */
export function pickHosts(movement: FindingMovement, seen: Seen): { hosts: string[]; controlHosts: string[] } | HeldUp {
  const alive = movement.hosts.filter((host) => seen.alive.has(host));
  if (alive.length === 0)
    return { heldUp: 'waits for hosts: no worker of them is heard of, or they are out of service' };
  const controlHosts = controlsOf(seen, movement);
  if (controlHosts.length >= leastControl) return { hosts: some(alive, mostHosts), controlHosts };
  const are = controlHosts.length === 1 ? 'is' : 'are';
  return {
    heldUp: `waits for hosts: ${leastControl} that did not move must be measured beside it, and there ${are} ${controlHosts.length}`,
  };
}

/** Which hosts to measure again, beside which; or what that waits for, in one sentence. */
export async function chooseRuns(db: PrismaClient, movement: FindingMovement, seen: Seen): Promise<Choice> {
  const { executor } = movement;
  if (executorOf(executor).host === 'none')
    return { heldUp: 'waits for hosts: its runs were imported, and no worker can measure them again' };
  const picked = pickHosts(movement, seen);
  if ('heldUp' in picked) return picked;
  const faults = await usualFaults(db, movement);
  if (faults === null)
    return { heldUp: 'its runs are those of a matrix of guests, which are measured again by hand only (xf submit)' };
  return { ...picked, faults };
}

import { comparedField, type FindingMovement } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import type { Facts } from '../compare/facts.js';
import { changeView } from '../trends/boot-changes.js';
import { knownChanges } from '../trends/known-changes.js';
import { loadBorders, loadFacts } from '../trends/load-borders.js';
import { type Candidate, dateOf, factsAt, kindOf } from './candidates.js';
import type { WatchedSeries } from './watched-series.js';

const dayMs = 86_400_000;
/** Known changes of the same hosts so long before are suspects. Ours. */
const suspectDays = 14;
/** Of what hosts have in common, of suspects and of first runs as many are told. */
const [mostCommon, mostSuspects, mostRuns] = [5, 20, 20];

/** Values that all members have, with how many of all series have them at that time; those that every series has say nothing. */
export function commonOf(
  { members, to }: Pick<Candidate, 'members' | 'to'>,
  fleet: readonly WatchedSeries[],
  facts: ReadonlyMap<string, Facts>,
): FindingMovement['common'] {
  const [member] = members;
  const kind = member === undefined ? '' : kindOf(member);
  const all = fleet.filter((series) => kindOf(series) === kind).map((series) => factsAt(series, to, facts));
  const [first, ...others] = members.map((series) => factsAt(series, to, facts));
  const shared = Object.entries(first ?? {}).filter(
    ([field, value]) => comparedField(field).trait !== 'incidental' && others.every((one) => one[field] === value),
  );
  return shared
    .map(([field, value]) => {
      const having = all.filter((one) => one[field] === value);
      return { field, value, moved: members.length, of: having.length };
    })
    .filter(({ of }) => of < all.length && of > 0)
    .sort((a, b) => b.moved / b.of - a.moved / a.of || (a.field < b.field ? -1 : 1))
    .slice(0, mostCommon);
}

/** What changed in the boot states of the hosts in the two weeks before. */
async function suspectsOf(db: PrismaClient, { movement, from, to }: Candidate): Promise<FindingMovement['suspects']> {
  const borders = await loadBorders(db, Prisma.sql`s.host_id = ANY(${movement.hosts}::text[])`);
  const [fromMs, toMs] = [(from - suspectDays) * dayMs, (to + 1) * dayMs];
  const near = borders.filter(({ atMs }) => fromMs <= atMs && atMs < toMs);
  const hashes = [...new Set(near.flatMap(({ before, after }) => [before, after]))];
  return knownChanges(near, await loadFacts(db, hashes))
    .slice(-mostSuspects)
    .map((change) => changeView(change));
}

/** The first run with the change of each host, where the data tell the day. */
async function firstRunsOf(db: PrismaClient, { movement, from, to }: Candidate): Promise<FindingMovement['firstRuns']> {
  const { kind, probe, metric, executor, provenance, hosts } = movement;
  if (kind !== 'step' || from !== to) return [];
  return db.$queryRaw<FindingMovement['firstRuns']>`
    SELECT DISTINCT ON (host_id) host_id AS "hostId", run_id AS "runId" FROM run_results
     WHERE probe = ${probe} AND metric = ${metric} AND executor = ${executor} AND provenance = ${provenance}
       AND ended_at >= ${dateOf(to)}::timestamptz AND ended_at < ${dateOf(to)}::timestamptz + interval '24 hours'
       AND host_id = ANY(${hosts}::text[]) ORDER BY host_id, ended_at, run_id LIMIT ${mostRuns}`;
}

/** A candidate with what is known about it. */
export async function described(
  db: PrismaClient,
  candidate: Candidate,
  fleet: readonly WatchedSeries[],
  facts: ReadonlyMap<string, Facts>,
): Promise<FindingMovement> {
  const { members, movement, to } = candidate;
  const generations = new Set(members.flatMap((series) => factsAt(series, to, facts)['generation'] ?? []));
  return {
    ...movement,
    generations: [...generations].sort(),
    common: commonOf(candidate, fleet, facts),
    suspects: await suspectsOf(db, candidate),
    firstRuns: await firstRunsOf(db, candidate),
  };
}

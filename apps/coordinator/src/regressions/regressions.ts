import {
  comparedField,
  demoLabel,
  type Labels,
  type Regression,
  type Regressions,
  type RegressionsQuery,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import type { Facts } from '../compare/facts.js';
import { changeView } from '../trends/boot-changes.js';
import type { Border } from '../trends/borders.js';
import { knownChanges } from '../trends/known-changes.js';
import { loadBorders, loadFacts } from '../trends/load-borders.js';
import { findMovements, type LevelMovement } from './find-movements.js';
import { loadWatched, type WatchedSeries } from './watched-series.js';

const dayMs = 86_400_000;
/** Known changes of the same hosts so long before are suspects. Ours. */
const suspectDays = 14;
/** Runs a host of the confirming job, and control hosts: enough for 2 % beside the usual scatter (docs/statistics.md). */
const [confirmRuns, confirmControl] = [10, 10];
/** Of what hosts have in common as many entries are told. */
const mostCommon = 5;

const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

type Told = Pick<Regression, 'kind' | 'direction' | 'ratio' | 'p'> & {
  from: number;
  to: number;
  members: WatchedSeries[];
};

/** The last boot state of a series before a day. */
const hashAt = ({ segments }: WatchedSeries, day: number): string | undefined =>
  [...segments]
    .filter(({ days }) => (days[0] ?? Infinity) <= day)
    .sort((a, b) => (a.days[0] ?? 0) - (b.days[0] ?? 0))
    .at(-1)?.bootStateHash;

/** Values that all members have, with how many of all series have them at that time; those that every series has say nothing. */
export function commonOf(
  told: Told,
  all: readonly WatchedSeries[],
  facts: ReadonlyMap<string, Facts>,
): Regression['common'] {
  const factsAt = (series: WatchedSeries): Facts => facts.get(hashAt(series, told.to) ?? '') ?? {};
  const [first, ...others] = told.members.map(factsAt);
  const shared = Object.entries(first ?? {}).filter(
    ([field, value]) => comparedField(field).trait !== 'incidental' && others.every((one) => one[field] === value),
  );
  return shared
    .map(([field, value]) => {
      const having = all.filter((series) => factsAt(series)[field] === value);
      return { field, value, moved: told.members.length, of: having.length };
    })
    .filter(({ of }) => of < all.length && of > 0)
    .sort((a, b) => b.moved / b.of - a.moved / a.of || (a.field < b.field ? -1 : 1))
    .slice(0, mostCommon);
}

function suspectsOf({ from, to, members }: Told, borders: readonly Border[], facts: ReadonlyMap<string, Facts>) {
  const hosts = new Set(members.map(({ hostId }) => hostId));
  const [fromMs, toMs] = [(from - suspectDays) * dayMs, (to + 1) * dayMs];
  const near = borders.filter(({ hostId, atMs }) => hosts.has(hostId) && fromMs <= atMs && atMs < toMs);
  return knownChanges(near, facts).map(changeView);
}

/** The first run with the change of each host, where the data tell the day. */
async function firstRunsOf(
  db: PrismaClient,
  { probe, metric }: RegressionsQuery,
  told: Told,
): Promise<Regression['firstRuns']> {
  if (told.kind !== 'step' || told.from !== told.to) return [];
  const [{ executor = '', provenance = '' } = {}] = told.members;
  const hosts = told.members.map(({ hostId }) => hostId);
  return db.$queryRaw<Regression['firstRuns']>`
    SELECT DISTINCT ON (host_id) host_id AS "hostId", run_id AS "runId" FROM run_results
     WHERE probe = ${probe} AND metric = ${metric} AND executor = ${executor} AND provenance = ${provenance}
       AND ended_at >= ${dateOf(told.to)}::timestamptz AND ended_at < ${dateOf(told.to)}::timestamptz + interval '24 hours'
       AND host_id = ANY(${hosts}::text[]) ORDER BY host_id, ended_at, run_id`;
}

/** Whether it can be measured again, and how. Hosts of a demo were never there. */
function confirmationOf(
  told: Told,
  all: readonly WatchedSeries[],
  moved: ReadonlySet<string>,
  demo: ReadonlySet<string>,
) {
  const hosts = [...new Set(told.members.map(({ hostId }) => hostId))].sort();
  if (hosts.some((host) => demo.has(host)))
    return { reason: 'the hosts are a demo’s: they can’t be measured again', confirm: null };
  const control = [...new Set(all.map(({ hostId }) => hostId))]
    .sort()
    .filter((host) => !moved.has(host))
    .slice(0, confirmControl);
  if (control.length < 3)
    return {
      reason: 'fewer than 3 hosts stayed as they were, so that fresh runs have no control beside them',
      confirm: null,
    };
  const named = (flag: string, names: readonly string[]): string => names.map((name) => `--${flag} ${name}`).join(' ');
  const confirm = `xf submit ${named('host', hosts)} --control 'host in (${control.join(',')})' --runs ${confirmRuns}`;
  return { reason: 'no fresh runs were made since', confirm };
}

async function demoHosts(db: PrismaClient, hosts: readonly string[]): Promise<Set<string>> {
  const [[key = '', value = ''] = []] = Object.entries(demoLabel);
  const rows = await db.$queryRaw<{ hostId: string; labels: Labels }[]>`
    SELECT DISTINCT host_id AS "hostId" FROM segments WHERE host_id = ANY(${[...hosts]}::text[]) AND labels ->> ${key}::text = ${value}`;
  return new Set(rows.map(({ hostId }) => hostId));
}

const toldOfLevel = ({ kind, direction, ratio, p, fromDay: from, toDay: to, members }: LevelMovement): Told => ({
  ...{ kind, direction, ratio, p, from, to, members: members.map(({ key }) => key) },
});

/**
 * What changed within segments in a span of time, told once for hosts that moved together, with what is known about it. Computed when
 * asked, from the days as they are then.
 *
 * @throws ProblemError (422) for too many series, or a term that only single runs have
 */
export async function findRegressions(
  db: PrismaClient,
  query: RegressionsQuery,
): Promise<Pick<Regressions, 'series' | 'tooShort' | 'found'>> {
  const all = await loadWatched(db, query);
  const hashes = [...new Set(all.flatMap(({ segments }) => segments.map(({ bootStateHash }) => bootStateHash)))];
  const facts = await loadFacts(db, hashes);
  const { levels, spreads, tooShort } = await findMovements(all, facts, query.minEffect);
  const noise = spreads.map(({ series, spread: { direction, factor, p, day } }): Told => ({
    ...{ kind: 'noise', direction, ratio: factor, p, from: day, to: day, members: [series] },
  }));
  const [since, until] = [query.sinceMs / dayMs, query.untilMs / dayMs];
  const inSpan = [...levels.map(toldOfLevel), ...noise]
    .filter(({ from, to }) => to + 1 > since && from < until)
    .sort((a, b) => a.from - b.from || a.p - b.p);
  const hosts = [...new Set(inSpan.flatMap(({ members }) => members.map(({ hostId }) => hostId)))];
  const moved = new Set(hosts);
  const borders = hosts.length === 0 ? [] : await loadBorders(db, Prisma.sql`s.host_id = ANY(${hosts}::text[])`);
  const borderFacts = await loadFacts(db, [...new Set(borders.flatMap(({ before, after }) => [before, after]))]);
  const demo = await demoHosts(db, hosts);
  const found: Regression[] = [];
  for (const told of inSpan) {
    const { kind, direction, ratio, p, from, to, members } = told;
    const [{ executor, provenance } = { executor: '', provenance: '' }] = members;
    found.push({
      ...{ kind, direction, ratio, p, fromDay: dateOf(from), toDay: dateOf(to) },
      hosts: [...new Set(members.map(({ hostId }) => hostId))].sort(),
      ...({ executor, provenance } as Pick<Regression, 'executor' | 'provenance'>),
      firstRuns: await firstRunsOf(db, query, told),
      common: commonOf(told, all, facts),
      suspects: suspectsOf(told, borders, borderFacts),
      ...{ status: 'unconfirmed', ...confirmationOf(told, all, moved, demo) },
    });
  }
  return { series: all.length, tooShort, found };
}

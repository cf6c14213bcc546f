import { isRunTerm, type JudgedChange, type KnownChangesQuery, momentText, parseRunSelector } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { type BothSides, compareBeforeAfter, verdictOf } from '#stats';
import { whyVerdict } from '#wording';
import { refused } from '../problems/problem.js';
import { subjectFilter } from '../selectors/subject-filter.js';
import { changeView } from './boot-changes.js';
import { type Border } from './borders.js';
import { type KnownChange, knownChanges } from './known-changes.js';
import { loadBorders, loadFacts } from './load-borders.js';

const dayMs = 86_400_000;
/** Days before and after that count, of each host about its own border. Ours: two weeks have every weekday twice, and little drift. */
const windowDays = 14;
/** Of a change that more hosts had, as many are compared, evenly chosen: bounds what a change costs. */
const mostHosts = 500;
/** Control hosts at most: more hardly narrow the interval. */
const mostControl = 50;

interface DayRow {
  hostId: string;
  dayMs: number;
  bootStateHash: string;
  /** By the rate of the TSC where it is known. */
  level: number;
  inNs: boolean;
}

const dayOf = (ms: number): number => Math.floor(ms / dayMs) * dayMs;

/** As many of a list as are wanted, evenly chosen. */
function some<One>(all: readonly One[], most: number): One[] {
  return all.length <= most
    ? [...all]
    : all.filter((_, i) => Math.floor((i * most) / all.length) !== Math.floor(((i - 1) * most) / all.length));
}

interface Measure {
  probe: string;
  metric: string;
  executor: string;
  provenance: string;
}

/** In the order of time, by which the levels of neighbouring days are seen to hang together. */
function daysOf(
  db: PrismaClient,
  { probe, metric, executor, provenance }: Measure,
  hosts: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<DayRow[]> {
  return db.$queryRaw<DayRow[]>`
    SELECT host_id AS "hostId", extract(epoch FROM day)::float8 * 1000 AS "dayMs", boot_state_hash AS "bootStateHash",
           coalesce(level_ns, p50_ns, level_cycles, p50_cycles) AS level, coalesce(level_ns, p50_ns) IS NOT NULL AS "inNs"
      FROM daily_series
     WHERE host_id = ANY(${[...hosts]}::text[]) AND day >= ${new Date(fromMs)} AND day <= ${new Date(toMs)}
       AND probe = ${probe} AND metric = ${metric} AND executor = ${executor} AND provenance = ${provenance}
     ORDER BY day`;
}

/** Levels by host; days in cycles and in ns are not mixed, nor is a level of nothing taken. */
function levels(rows: readonly DayRow[], counts: (row: DayRow) => boolean): Map<string, number[]> {
  const inNs = rows.every((row) => row.inNs);
  const byHost = new Map<string, number[]>();
  for (const row of rows) {
    if (!counts(row) || !(row.level > 0) || (!inNs && row.inNs)) continue;
    byHost.set(row.hostId, [...(byHost.get(row.hostId) ?? []), row.level]);
  }
  return byHost;
}

/** The days of each changed host about its own border, under the one boot state and the other. */
function sidesOf(borders: readonly Border[], rows: readonly DayRow[]): BothSides {
  const own = new Map(borders.map((border) => [border.hostId, border]));
  const near = ({ dayMs: day }: DayRow, { atMs }: Border): boolean => Math.abs(day - dayOf(atMs)) <= windowDays * dayMs;
  const of = (side: 'before' | 'after') =>
    levels(rows, (row) => {
      const border = own.get(row.hostId);
      return border !== undefined && row.bootStateHash === border[side] && near(row, border);
    });
  return { a: of('before'), b: of('after') };
}

/** Hosts of the same sort of runs whose boot state stayed the same from the first window's beginning to the last one's end. */
async function controlHosts(
  db: PrismaClient,
  { executor, provenance }: Measure,
  fromMs: number,
  toMs: number,
): Promise<string[]> {
  const rows = await db.$queryRaw<{ hostId: string }[]>`
    SELECT host_id AS "hostId" FROM segments
     WHERE executor = ${executor} AND provenance = ${provenance}
       AND first_ended_at < ${new Date(toMs)} AND last_ended_at >= ${new Date(fromMs)}
     GROUP BY host_id
    HAVING count(*) = 1 AND min(first_ended_at) < ${new Date(fromMs + dayMs)} AND max(last_ended_at) >= ${new Date(toMs - windowDays * dayMs)}
     ORDER BY host_id LIMIT ${mostControl}`;
  return rows.map(({ hostId }) => hostId);
}

function repeatOf({ probe, metric }: KnownChangesQuery, { fields, borders }: KnownChange): string | null {
  const at = Math.min(...borders.map(({ atMs }) => atMs));
  const lastBefore = Math.max(...borders.map(({ lastBeforeMs }) => lastBeforeMs));
  if (lastBefore >= at || borders.length > 20) return null;
  const hosts = borders.map(({ hostId }) => hostId).join(',');
  const span = `since=${momentText(dayOf(at) - windowDays * dayMs)},until=${momentText(dayOf(at) + (windowDays + 1) * dayMs)}`;
  return `xf compare --before ${momentText(at)} 'host in (${hosts}),${span}' --probe ${probe} --metric ${metric} --allow ${fields.map(({ field }) => field).join(',')}`;
}

type Answer = Pick<JudgedChange, 'verdict' | 'reason' | 'ratio' | 'interval' | 'method'>;

function answerOf(
  changed: BothSides,
  control: BothSides,
  { kind, borders }: KnownChange,
  query: KnownChangesQuery,
): Answer {
  const { margin, confidence } = query;
  const found = compareBeforeAfter(changed, control, confidence);
  const none = { ratio: null, interval: null, method: null };
  const another = 'another machine stands under the host’s name, and its level is no change of the one before';
  if (found === null) {
    const why = `too few days within ${windowDays} days before and after to judge by`;
    return kind === 'another-machine'
      ? { ...none, verdict: null, reason: another }
      : { ...none, verdict: 'inconclusive', reason: why };
  }
  const { ratio, low, high } = found.estimate;
  const interval = { low, high, confidence };
  const told = { ratio, interval, method: found.method };
  if (kind === 'another-machine') return { ...told, verdict: null, reason: another };
  const plain = verdictOf(interval, margin);
  const boots = found.ofTheseBoots ? '; it speaks for these boots only' : '';
  // Simulated figures follow from their seeds, and have no order in time.
  if (found.control === 0 && borders[0].provenance !== 'simulated') {
    const reason = `no 3 hosts were measured beside whose boot state stayed the same, so that a drift of the machines can’t be distinguished from an effect${boots}`;
    return { ...told, verdict: 'inconclusive', reason };
  }
  return { ...told, verdict: plain, reason: `${whyVerdict(plain, interval, margin)}${boots}` };
}

async function judged(db: PrismaClient, query: KnownChangesQuery, change: KnownChange): Promise<JudgedChange> {
  const [{ executor, provenance }] = change.borders;
  const measure = { probe: query.probe, metric: query.metric, executor, provenance };
  const borders = some(change.borders, mostHosts);
  const ats = change.borders.map(({ atMs }) => dayOf(atMs));
  const [first, last] = [Math.min(...ats), Math.max(...ats)];
  const [fromMs, toMs] = [first - windowDays * dayMs, last + windowDays * dayMs];
  const rows = await daysOf(
    db,
    measure,
    borders.map(({ hostId }) => hostId),
    fromMs,
    toMs,
  );
  const beside = await daysOf(db, measure, await controlHosts(db, measure, fromMs, toMs), fromMs, toMs);
  const changed = sidesOf(borders, rows);
  const control = { a: levels(beside, (row) => row.dayMs < first), b: levels(beside, (row) => row.dayMs > last) };
  const answer = answerOf(changed, control, change, query);
  const paired = [...changed.a.keys()].filter((host) => changed.b.has(host));
  const days = paired.reduce(
    (sum, host) => sum + (changed.a.get(host)?.length ?? 0) + (changed.b.get(host)?.length ?? 0),
    0,
  );
  const controlled = answer.method !== null && answer.method.includes('control hosts');
  const beforeAndAfter = [...control.a.keys()].filter((host) => control.b.has(host)).length;
  return {
    ...changeView(change, query.hosts === 'all' ? Infinity : undefined),
    ...answer,
    compared: { hosts: paired.length, days, controlHosts: controlled ? beforeAndAfter : 0 },
    repeat: change.kind === 'another-machine' ? null : repeatOf(query, change),
  };
}

/**
 * What each change of boot states within a span did to the hosts that had it, by the levels of their days before and after.
 *
 * @throws ProblemError (422) for a term that only single runs have
 */
export async function judgeKnownChanges(
  db: PrismaClient,
  query: KnownChangesQuery,
): Promise<{ changes: JudgedChange[]; cut: boolean }> {
  const { terms } = parseRunSelector(query.selector, Date.now());
  const ofRuns = terms.find(({ key }) => isRunTerm(key));
  if (ofRuns !== undefined) {
    throw refused({
      field: 'selector',
      message: `${ofRuns.key} chooses single runs, and a change is one of hosts`,
      remedy: 'choose hosts by their labels and boot states',
    });
  }
  const hosts = subjectFilter(terms, Prisma.sql`s.labels`, Prisma.sql`s.boot_state_hash`);
  const borders = (await loadBorders(db, hosts)).filter(({ atMs }) => query.sinceMs <= atMs && atMs < query.untilMs);
  const hashes = [...new Set(borders.flatMap(({ before, after }) => [before, after]))];
  const all = knownChanges(borders, await loadFacts(db, hashes));
  const changes: JudgedChange[] = [];
  for (const change of all.slice(-query.limit)) changes.push(await judged(db, query, change));
  return { changes, cut: all.length > query.limit };
}

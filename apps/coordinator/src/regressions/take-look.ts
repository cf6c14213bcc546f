import type { FindingMovement } from '#contracts';
import { append, deterministicId, handle, type PrismaClient } from '#event-store';
import { type FindingCommand, findingDecider, mostTries } from '#lifecycle';
import { changedHow, changedWhen } from '#wording';
import type { Facts } from '../compare/facts.js';
import { loadFacts } from '../trends/load-borders.js';
import { basisChanged, basisOf } from './basis.js';
import { type Candidate, candidatesOf, dateOf, dayOf } from './candidates.js';
import { chooseRuns, type Seen } from './choose-runs.js';
import { confirmationKey, systemUser } from './confirming-job.js';
import { described } from './describe.js';
import { movementsOf, type Sightings, sightingsOf } from './find-movements.js';
import { hasGone } from './has-gone.js';
import { judgeFreshRuns } from './judge-fresh-runs.js';
import { knownFindings, type StoredFinding } from './known-findings.js';
import type { LookTally } from './looks.js';
import { matchOf, revised, revisionText, undoes } from './match-findings.js';
import { watchFleet, type WatchedSeries } from './watched-series.js';

const dayMs = 86_400_000;
/** Days that a look reads: a machine that grows restless takes months. */
const spreadDays = 200;
/** Days that a look at the end of a segment spans, and how near its end a change must be for the next look to see it for sure. */
const [lookedDays, surelySeenDays] = [100, 60];
/** From one try of a confirmation to the next. As many looks of a week see what the days meanwhile say. */
const nextTryMs = 7 * dayMs;

export interface LookOptions {
  db: PrismaClient;
  /** How far it looks back; now: at the last 100 days of each segment. */
  sinceMs: number;
  nowMs: number;
  /** From one look to the next; null where only people ask. */
  everyMs: number | null;
  /** How lately a worker must have been heard of. */
  leaseMs: number;
  correlationId: string;
  /** Called between steps; what it throws ends the look. */
  renew?: () => Promise<void>;
  /** The event store's `append`; a test puts a crash in its place. */
  append?: typeof append;
}

/** Carries commands out on findings. */
function teller({ db, correlationId, append: add = append }: LookOptions) {
  return async (findingId: string, command: FindingCommand): Promise<boolean> => {
    const { appended } = await handle(db, findingDecider, findingId, command, {
      cause: { correlationId, actor: systemUser },
      append: add,
    });
    return appended.length > 0;
  };
}
type Tell = ReturnType<typeof teller>;

interface Fleet {
  series: WatchedSeries[];
  facts: Map<string, Facts>;
  sightings: Sightings;
}

async function readFleet({ db, sinceMs, nowMs, everyMs, renew }: LookOptions): Promise<Fleet> {
  const back = nowMs - sinceMs > dayMs;
  const fromMs = Math.min(sinceMs - lookedDays * dayMs, nowMs - spreadDays * dayMs);
  const looksAYear = Math.max(365, everyMs === null ? 0 : (365 * dayMs) / everyMs);
  const fleet: Fleet = { series: [], facts: new Map(), sightings: { shifts: [], spreads: [], tooShort: 0 } };
  for await (const some of watchFleet(db, fromMs, nowMs)) {
    const hashes = new Set(some.flatMap(({ segments }) => segments.map(({ bootStateHash }) => bootStateHash)));
    const unknown = [...hashes].filter((hash) => !fleet.facts.has(hash));
    if (unknown.length > 0) for (const [hash, facts] of await loadFacts(db, unknown)) fleet.facts.set(hash, facts);
    const { shifts, spreads, tooShort } = await sightingsOf(some, fleet.facts, { back, looksAYear });
    fleet.sightings.shifts.push(...shifts);
    fleet.sightings.spreads.push(...spreads);
    fleet.sightings.tooShort += tooShort;
    // A year of runs' scatter is not asked for again.
    for (const one of some) one.spread = [];
    fleet.series.push(...some);
    await renew?.();
  }
  return fleet;
}

/** Changes that this look is to tell of, each once. */
function seenIn({ series, sightings }: Fleet, { sinceMs, nowMs }: LookOptions): Candidate[] {
  const from = (days: number): number => Math.floor(Math.min(sinceMs, nowMs - days * dayMs) / dayMs);
  const [ofLevel, ofNoise] = [from(lookedDays), from(spreadDays)];
  const candidates = candidatesOf(movementsOf(sightings), sightings.spreads, series);
  return candidates.filter(({ movement, to }) => to >= (movement.kind === 'noise' ? ofNoise : ofLevel));
}

/** The same parts give the same id, so that two coordinators that see the same tell of it once. */
function newFindingId({ movement, from }: Candidate): string {
  const { executor, provenance, probe, metric, direction, kind, hosts } = movement;
  const parts = [executor, provenance, probe, metric, direction, kind === 'noise' ? kind : 'level', dateOf(from)];
  return deterministicId('finding', ...parts, ...hosts);
}

/** Stores what a candidate says; the finding that it is, or the id of a new one. */
async function tellCandidate(
  { db, nowMs }: LookOptions,
  candidate: Candidate,
  same: StoredFinding | null,
  fleet: Fleet,
  tell: Tell,
): Promise<{ findingId: string; isNew: boolean }> {
  const today = Math.floor(nowMs / dayMs);
  const now = await described(db, candidate, fleet.series, fleet.facts);
  const movement: FindingMovement = same === null || same.withdrawn ? now : revised(same.movement, now);
  const findingId = same?.findingId ?? newFindingId(candidate);
  const reason = same === null ? 'a look found it' : revisionText(same.movement, movement);
  const basis = await basisOf(db, movement, today);
  const told = await tell(findingId, { type: 'see', findingId, movement, basis, reason });
  return { findingId, isNew: told && same === null };
}

/** Why a finding does not hold any more by the data as they are now; null where it does. */
async function whyUndone(db: PrismaClient, finding: StoredFinding, seen: boolean): Promise<string | null> {
  const { movement, basis, confirmed, tries } = finding;
  const last = tries.at(-1);
  const changed = await basisChanged(db, movement, basis);
  const late = 'runs of its days arrived late or were derived again';
  if (confirmed && movement.kind !== 'noise' && last !== undefined) {
    const { verdict, reason } = await judgeFreshRuns(db, movement, last);
    if (verdict === (movement.direction === 'up' ? 'slower' : 'faster')) return null;
    return `${changed ? `${late}, and` : 'judged again,'} its fresh runs do not bear it out any more: ${reason}`;
  }
  return changed && !seen ? `${late}, and it is not found any more` : null;
}

/** Whether further days alone have made a suspicion vanish, where a look would see it for sure. */
function hasFaded({ movement, basis, confirmed }: StoredFinding, today: number): boolean {
  return !confirmed && dayOf(movement.fromDay) >= today - surelySeenDays && today > dayOf(basis.to) + 1;
}

async function hostsAlive(db: PrismaClient, leaseMs: number): Promise<Set<string>> {
  const rows = await db.$queryRaw<{ hostId: string }[]>`
    SELECT host_id AS "hostId" FROM host_presence
     WHERE seen_at > clock_timestamp() - ${leaseMs}::float8 * interval '1 millisecond'`;
  return new Set(rows.map(({ hostId }) => hostId));
}

/** Asks for fresh runs of what was seen and is not confirmed, or says what that waits for. */
async function askForRuns(
  { db, nowMs }: LookOptions,
  { findingId, movement, tries, confirmed, resolved, withdrawn, expected, lastAskedMs }: StoredFinding,
  seen: Seen,
  tell: Tell,
): Promise<void> {
  const done = confirmed || resolved || withdrawn || expected !== null;
  if (done || movement.kind === 'noise' || tries.length >= mostTries || tries.at(-1)?.figures === null) return;
  if (lastAskedMs !== null && nowMs - lastAskedMs < nextTryMs) return;
  const choice = await chooseRuns(db, movement, seen);
  if ('heldUp' in choice) {
    await tell(findingId, { type: 'holdUp', reason: choice.heldUp });
    return;
  }
  const jobId = deterministicId(systemUser, confirmationKey(findingId, tries.length + 1));
  await tell(findingId, { type: 'askConfirmation', jobId, ...choice });
}

/**
 * One look at the whole fleet: what changed without a known cause is stored as findings, hosts that moved together in one; those of earlier
 * looks are revised, withdrawn or resolved; fresh runs are asked for. Each step is decided on the finding's own stream, so that a
 * look that ends anywhere, or runs twice, is completed by the next.
 */
export async function takeLook(options: LookOptions): Promise<LookTally> {
  const { db, nowMs, leaseMs, renew } = options;
  const today = Math.floor(nowMs / dayMs);
  const tell = teller(options);
  const fleet = await readFleet(options);
  const candidates = seenIn(fleet, options);
  const before = await knownFindings(db);
  const known = [...before];
  const seen = new Set<string>();
  let newFindings = 0;
  for (const candidate of candidates) {
    if (known.some((one) => undoes(candidate, one)) || candidates.some((other) => endsOne(candidate, other))) continue;
    const same = matchOf(known, candidate);
    if (same !== null && seen.has(same.findingId)) continue;
    const { findingId, isNew } = await tellCandidate(options, candidate, same, fleet, tell);
    seen.add(findingId);
    if (isNew) newFindings += 1;
    await renew?.();
  }
  const unsettled = new Set([
    ...candidates.flatMap(({ movement }) => movement.hosts),
    ...fleet.sightings.spreads.flatMap(({ series }) => series.hostId),
  ]);
  const alive = await hostsAlive(db, leaseMs);
  for (const finding of await knownFindings(db)) {
    const look = { fleet: fleet.series, facts: fleet.facts, unsettled, alive };
    await tendTo(options, finding, look, candidates, seen, tell, today);
    await renew?.();
  }
  const { tooShort } = fleet.sightings;
  return { series: fleet.series.length, tooShort, found: candidates.length, newFindings };
}

/** Whether one candidate is the end of another, which this look tells of first. */
function endsOne(candidate: Candidate, other: Candidate): boolean {
  const told = {
    movement: { ...other.movement, firstRuns: [], common: [], suspects: [], generations: [] },
    ...{ resolved: false, resolvedDay: null, withdrawn: false },
  };
  return undoes(candidate, told) && other.from < candidate.from;
}

/** What a look makes of a finding beside what it saw of it. */
async function tendTo(
  options: LookOptions,
  finding: StoredFinding,
  look: Seen,
  candidates: readonly Candidate[],
  seen: ReadonlySet<string>,
  tell: Tell,
  today: number,
): Promise<void> {
  const { findingId, resolved, withdrawn, tries } = finding;
  const underWay = tries.at(-1)?.figures === null;
  if (resolved || withdrawn || underWay) return;
  const undone = await whyUndone(options.db, finding, seen.has(findingId));
  if (undone !== null) {
    await tell(findingId, { type: 'withdraw', reason: undone.slice(0, 1_000) });
    return;
  }
  const end = finding.movement.kind === 'noise' ? candidates.find((one) => undoes(one, finding)) : undefined;
  const calm = end === undefined ? null : `${changedHow(end.movement)}, ${changedWhen(end.movement)}`;
  const gone = calm ?? (await hasGone(options.db, finding, today));
  if (gone !== null) await tell(findingId, { type: 'resolve', byItself: true, note: gone });
  else if (seen.has(findingId)) await askForRuns(options, finding, look, tell);
  else if (hasFaded(finding, today))
    await tell(findingId, { type: 'withdraw', reason: 'the days since do not bear it out' });
}

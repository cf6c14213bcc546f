import type { FindingMovement } from '#contracts';
import { append, deterministicId, handle, type PrismaClient } from '#event-store';
import { type FindingCommand, findingDecider } from '#lifecycle';
import type { Facts } from '../compare/facts.js';
import { loadFacts } from '../trends/load-borders.js';
import { basisChanged, basisOf } from './basis.js';
import { type Candidate, dateOf, lookedDays, seenIn, spreadDays } from './candidates.js';
import { chooseRuns, type Seen } from './choose-runs.js';
import { confirmationKey } from './confirming-job.js';
import { hostsWithoutTickets } from '../reconcile/takes-runs.js';
import { systemUser } from '../system-user.js';
import { described } from './describe.js';
import { type Sightings, sightingsOf } from './find-movements.js';
import { hasGone } from './has-gone.js';
import { judgeFreshRuns } from './judge-fresh-runs.js';
import { knownFindings, type StoredFinding } from './known-findings.js';
import type { LookTally } from './looks.js';
import { revised, revisionText } from './match-findings.js';
import { calmedBy, isLeftAlone, nextStep } from './next-step.js';
import { type Apart, tellApart } from './tell-apart.js';
import { watchFleet, type WatchedSeries } from './watched-series.js';

const dayMs = 86_400_000;

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

/**
 * The same parts give the same id, so that two coordinators that see the same tell of it once. A finding that was once dated as this one is
 * has that id for good; then it is the next.
 */
function newFindingId({ movement, from }: Candidate, known: readonly StoredFinding[]): string {
  const { executor, provenance, probe, metric, direction, kind, hosts } = movement;
  const parts = [executor, provenance, probe, metric, direction, kind === 'noise' ? kind : 'level', dateOf(from)];
  for (let n = 1; ; n += 1) {
    const id = deterministicId('finding', ...parts, ...hosts, ...(n === 1 ? [] : [String(n)]));
    if (!known.some(({ findingId }) => findingId === id)) return id;
  }
}

/** Stores what a candidate says; the finding that it is, or the id of a new one. */
async function tellCandidate(
  { db, nowMs }: LookOptions,
  { candidate, same, without }: Apart<StoredFinding>['told'][number],
  known: readonly StoredFinding[],
  fleet: Fleet,
  tell: Tell,
): Promise<{ findingId: string; isNew: boolean }> {
  const today = Math.floor(nowMs / dayMs);
  const now = await described(db, candidate, fleet.series, fleet.facts);
  const movement: FindingMovement = same === null || same.withdrawn ? now : revised(same.movement, now, without);
  const findingId = same?.findingId ?? newFindingId(candidate, known);
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

/** Hosts that can be measured now: heard of lately, and in service. */
async function hostsAlive(db: PrismaClient, leaseMs: number): Promise<Set<string>> {
  const rows = await db.$queryRaw<{ hostId: string }[]>`
    SELECT host_id AS "hostId" FROM host_presence
     WHERE seen_at > clock_timestamp() - ${leaseMs}::float8 * interval '1 millisecond' AND host_id NOT IN ${hostsWithoutTickets}`;
  return new Set(rows.map(({ hostId }) => hostId));
}

/** Asks for fresh runs, or says what that waits for. */
async function askForRuns(
  db: PrismaClient,
  { findingId, movement, tries }: StoredFinding,
  seen: Seen,
  tell: Tell,
): Promise<void> {
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
  const { db, leaseMs, renew } = options;
  const tell = teller(options);
  const fleet = await readFleet(options);
  const candidates = seenIn(fleet.sightings, fleet.series, options);
  const known = await knownFindings(db);
  const { told, parts } = tellApart(candidates, known);
  const seen = new Set<string>();
  let newFindings = 0;
  for (const one of told) {
    const { findingId, isNew } = await tellCandidate(options, one, known, fleet, tell);
    seen.add(findingId);
    if (isNew) newFindings += 1;
    await renew?.();
  }
  for (const { finding, reason } of parts) await tell(finding.findingId, { type: 'withdraw', reason });
  const unsettled = new Set([
    ...candidates.flatMap(({ movement }) => movement.hosts),
    ...fleet.sightings.spreads.flatMap(({ series }) => series.hostId),
  ]);
  const alive = await hostsAlive(db, leaseMs);
  for (const finding of await knownFindings(db)) {
    const look = { fleet: fleet.series, facts: fleet.facts, unsettled, alive };
    await tendTo(options, finding, look, candidates, seen.has(finding.findingId), tell);
    await renew?.();
  }
  const { tooShort } = fleet.sightings;
  return { series: fleet.series.length, tooShort, found: candidates.length, newFindings };
}

/** What a look makes of a finding beside what it saw of it. */
async function tendTo(
  { db, nowMs }: LookOptions,
  finding: StoredFinding,
  look: Seen,
  candidates: readonly Candidate[],
  seen: boolean,
  tell: Tell,
): Promise<void> {
  if (isLeftAlone(finding)) return;
  const undone = await whyUndone(db, finding, seen);
  const gone = calmedBy(finding, candidates) ?? (await hasGone(db, finding, Math.floor(nowMs / dayMs)));
  const next = nextStep(finding, { seen, undone, gone, nowMs });
  if (next === 'measure') await askForRuns(db, finding, look, tell);
  else if (next !== null) await tell(finding.findingId, next);
}

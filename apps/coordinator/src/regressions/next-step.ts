import { type FindingCommand, mostTries } from '#lifecycle';
import { changedHow, changedWhen } from '#wording';
import { type Candidate, dayOf } from './candidates.js';
import type { StoredFinding } from './known-findings.js';
import { undoes } from './match-findings.js';

const dayMs = 86_400_000;
/** How near its end a look sees a change for sure: it spans 100 days. */
const surelySeenDays = 60;
/**
 * From one try of a confirmation to the next, days. Looks see what the days meanwhile say; what creeps upwards is suspected long before it has
 * its size, so that the last try must not be spent on its beginning.
 */
const nextTryDays = [7, 28] as const;

/** What a look knows of a finding. */
export interface Standing {
  /** Whether one of tonight's candidates is it. */
  seen: boolean;
  /** Why it does not hold any more by the data as they are now. */
  undone: string | null;
  /** How its hosts are back where they were. */
  gone: string | null;
  nowMs: number;
}

/** Of noise: how runs scatter less again. */
export function calmedBy(finding: StoredFinding, candidates: readonly Candidate[]): string | null {
  if (finding.movement.kind !== 'noise') return null;
  const end = candidates.find((one) => undoes(one, finding));
  return end === undefined ? null : `${changedHow(end.movement)}, ${changedWhen(end.movement)}`;
}

/** Whether a look leaves a finding alone: it has ended, or its fresh runs are under way. */
export const isLeftAlone = ({ resolved, withdrawn, tries }: StoredFinding): boolean =>
  resolved || withdrawn || tries.at(-1)?.figures === null;

/** Whether further days alone have made a suspicion vanish, where a look would see it for sure. */
function hasFaded({ movement, basis, confirmed }: StoredFinding, today: number): boolean {
  return !confirmed && dayOf(movement.fromDay) >= today - surelySeenDays && today > dayOf(basis.to) + 1;
}

function mayBeMeasured({ movement, tries, confirmed, expected, lastAskedMs }: StoredFinding, nowMs: number): boolean {
  if (confirmed || expected !== null || movement.kind === 'noise' || tries.length >= mostTries) return false;
  return lastAskedMs === null || nowMs - lastAskedMs >= (nextTryDays[tries.length - 1] ?? 0) * dayMs;
}

/** What a look makes of a finding beside what it saw of it: a command; `measure`: fresh runs of it are due; null: nothing. */
export function nextStep(
  finding: StoredFinding,
  { seen, undone, gone, nowMs }: Standing,
): FindingCommand | 'measure' | null {
  if (isLeftAlone(finding)) return null;
  if (undone !== null) return { type: 'withdraw', reason: undone.slice(0, 1_000) };
  if (gone !== null) return { type: 'goAway', how: gone };
  if (seen) return mayBeMeasured(finding, nowMs) ? 'measure' : null;
  if (hasFaded(finding, Math.floor(nowMs / dayMs)))
    return { type: 'withdraw', reason: 'the days since do not bear it out' };
  return null;
}

import type { FindingMovement } from '#contracts';
import { type Candidate, dayOf } from './candidates.js';
import type { StoredFinding } from './known-findings.js';

/**
 * Days by which tonight's dates may miss those that were told. Of the same hosts: a step's date settles over some nights, and a creep is
 * a step first and grows at both ends. Of other hosts: as hosts that move together (libs/stats movedTogether).
 */
const [ownSlackDays, othersSlackDays] = [14, 3];
/** From when on a machine is restless is known to some weeks. */
const noiseSlackDays = 60;

export type Told = Pick<StoredFinding, 'movement' | 'endedDay' | 'withdrawn'>;

/** Hosts that two changes have in common. */
export const common = ({ movement }: Told, candidate: Candidate): number => {
  const hosts = new Set(movement.hosts);
  return candidate.movement.hosts.filter((host) => hosts.has(host)).length;
};

export const daysApart = ({ movement }: Told, { from, to }: Candidate): number =>
  Math.max(0, from - dayOf(movement.toDay), dayOf(movement.fromDay) - to);

function alike(a: FindingMovement, b: Candidate['movement']): boolean {
  const [x, y] = [Math.abs(Math.log(a.ratio)), Math.abs(Math.log(b.ratio))];
  return a.kind === b.kind && Math.max(x, y) <= 2 * Math.min(x, y);
}

/** Whether a candidate may be what was told of before: in the same direction, of the same hosts, at about the same time. */
export function maySame(told: Told, candidate: Candidate): boolean {
  const [known, now] = [told.movement, candidate.movement];
  if (known.direction !== now.direction || known.executor !== now.executor || known.provenance !== now.provenance)
    return false;
  if ((known.kind === 'noise') !== (now.kind === 'noise')) return false;
  if (now.kind === 'noise') return common(told, candidate) > 0 && daysApart(told, candidate) <= noiseSlackDays;
  // What comes back after it went away is another change.
  if (common(told, candidate) > 0)
    return daysApart(told, candidate) <= (told.endedDay === null ? ownSlackDays : othersSlackDays);
  const sameMetric = known.probe === now.probe && known.metric === now.metric;
  return sameMetric && alike(known, now) && daysApart(told, candidate) <= othersSlackDays;
}

const measureOf = ({ probe, metric }: { probe: string; metric: string }): string => `${probe} ${metric}`;

/** A step that is known to the day, or to some, is not known worse because more days came. */
function datedAs(before: FindingMovement, now: FindingMovement): Pick<FindingMovement, 'fromDay' | 'toDay'> {
  const wider = now.fromDay <= before.fromDay && before.toDay <= now.toDay;
  // Noise is dated to some weeks, anew every night.
  const keeps = now.kind === 'noise' || (before.kind === 'step' && now.kind === 'step' && wider);
  const { fromDay, toDay } = keeps ? before : now;
  return { fromDay, toDay };
}

/**
 * A finding as tonight's look sees it: hosts join it and stay, a creep stays one. Where only few of its hosts are seen, as segments of the
 * others have ended, it keeps what was told. What was told in one metric stays in it, although another is clearer tonight.
 *
 * @param without hosts that prove to move otherwise
 */
export function revised(
  before: FindingMovement,
  now: FindingMovement,
  without: readonly string[] = [],
): FindingMovement {
  if (now.hosts.length * 2 < before.hosts.length || (before.kind === 'creep' && now.kind === 'step')) return before;
  const left = new Set(without.filter((host) => !now.hosts.includes(host)));
  const hosts = [...new Set([...before.hosts, ...now.hosts])].filter((host) => !left.has(host)).sort();
  const generations = [...new Set([...before.generations, ...now.generations])].sort();
  const own = measureOf(before);
  const others = new Map([...before.alsoIn, ...now.alsoIn, now].map((one) => [measureOf(one), one]));
  const alsoIn = [...others.values()]
    .filter((one) => measureOf(one) !== own)
    .map(({ probe, metric, ratio }) => ({ probe, metric, ratio }));
  const all = { ...datedAs(before, now), kind: now.kind, hosts, generations, alsoIn };
  return measureOf(now) === own ? { ...now, ...all } : { ...before, ...all };
}

/** What a later look sees otherwise, in one sentence. */
export function revisionText(before: FindingMovement, now: FindingMovement): string {
  const joined = now.hosts.filter((host) => !before.hosts.includes(host));
  if (joined.length > 0) return `${joined.length === 1 ? `host ${joined[0]}` : `${joined.length} hosts`} joined it`;
  const left = before.hosts.filter((host) => !now.hosts.includes(host));
  if (left.length > 0)
    return `${left.length === 1 ? `host ${left[0]} proves` : `${left.length} hosts prove`} to have changed otherwise`;
  if (before.kind !== now.kind) return `it proved to be a ${now.kind}`;
  if (before.fromDay !== now.fromDay || before.toDay !== now.toDay) return 'its date settled';
  return 'it shows in other metrics too';
}

/** After so many days a level is what is usual: what changes it then is no mere end. As many as one look spans. */
const endWithinDays = 100;

/**
 * Whether a candidate undoes a finding: later, but within 100 days and not long after it ended, the other way, of about its size and on
 * most of its hosts. It is the end of that one, and no finding of its own. Of noise only that runs scatter less again is an end.
 */
export function undoes(candidate: Candidate, told: Told): boolean {
  const [known, now] = [told.movement, candidate.movement];
  if (now.direction === known.direction || (now.kind === 'noise') !== (known.kind === 'noise')) return false;
  if (now.executor !== known.executor || now.provenance !== known.provenance) return false;
  if (candidate.from <= dayOf(known.fromDay) || (told.withdrawn && told.endedDay === null)) return false;
  if (told.endedDay !== null && candidate.from > told.endedDay + ownSlackDays) return false;
  if (now.kind === 'noise') {
    if (now.direction === 'up') return false;
  } else if (now.probe !== known.probe || now.metric !== known.metric) return false;
  else if (candidate.from - dayOf(known.toDay) > endWithinDays) return false;
  const [x, y] = [Math.abs(Math.log(now.ratio)), Math.abs(Math.log(known.ratio))];
  return Math.max(x, y) <= 2 * Math.min(x, y) && 2 * common(told, candidate) >= now.hosts.length;
}

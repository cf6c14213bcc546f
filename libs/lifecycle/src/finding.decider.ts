import {
  type ConfirmationFigures,
  type FindingBasis,
  type FindingEvent,
  type FindingMovement,
  findingStream,
  isEventOf,
} from '#contracts';
import type { Decider } from './decider.js';
import { Refused } from './refused.js';

/** Fresh runs that were asked for, and what they said; null while nobody has judged them. */
export interface Try {
  try: number;
  jobId: string;
  hosts: readonly string[];
  controlHosts: readonly string[];
  faults: number;
  figures: ConfirmationFigures | null;
}

/** A finding as its stream tells it. */
export interface KnownFinding {
  findingId: string;
  movement: FindingMovement;
  basis: FindingBasis;
  tries: readonly Try[];
  heldUp: string | null;
  /** Null: nobody has; an empty note is one without words. */
  acknowledged: string | null;
  expected: string | null;
  mutedUntil: string | null;
  confirmed: boolean;
  resolved: boolean;
  withdrawn: boolean;
  /** Withdrawn because the change came to its end before anything confirmed it. */
  wentAway: boolean;
}
export type Finding = 'new' | KnownFinding;

export type FindingCommand =
  /** A look found it. The first time it is suspected; later it is revised where it is seen otherwise. */
  | { type: 'see'; findingId: string; movement: FindingMovement; basis: FindingBasis; reason: string }
  | { type: 'holdUp'; reason: string }
  | { type: 'askConfirmation'; jobId: string; hosts: string[]; controlHosts: string[]; faults: number }
  /** What the fresh runs of a job say. */
  | { type: 'judge'; jobId: string; figures: ConfirmationFigures }
  | { type: 'acknowledge'; note: string | null }
  | { type: 'expect'; note: string }
  | { type: 'mute'; until: string; note: string }
  /** The mute has come to its end. */
  | { type: 'unmute'; now: string }
  | { type: 'reopen'; note: string }
  | { type: 'resolve'; byItself: boolean; note: string }
  | { type: 'withdraw'; reason: string }
  /** Its hosts are back where they were: a confirmed one is resolved, a suspicion withdrawn. */
  | { type: 'goAway'; how: string };

/** A suspicion is tried so often at most; the tries together err as often as one interval of 95 % (Bonferroni). */
export const mostTries = 3;

/** The fresh runs that nobody has judged yet, or those that were judged last. */
const currentTry = ({ tries }: KnownFinding): Try | undefined => tries.at(-1);

const key = ({ kind, fromDay, toDay, hosts, alsoIn }: FindingMovement): string =>
  JSON.stringify([kind, fromDay, toDay, hosts, alsoIn.map(({ probe, metric }) => [probe, metric]).sort()]);

function see(command: Extract<FindingCommand, { type: 'see' }>, finding: Finding): FindingEvent[] {
  const { findingId, movement, basis, reason } = command;
  if (finding === 'new' || (finding.withdrawn && !finding.wentAway)) {
    const suspected: FindingEvent = { type: 'RegressionSuspected', data: { findingId, movement, basis } };
    if (movement.kind !== 'noise') return [suspected];
    const detected = { findingId, try: null, jobId: null, figures: null };
    return [suspected, { type: 'RegressionDetected', data: detected }];
  }
  if (finding.resolved || finding.wentAway || key(movement) === key(finding.movement)) return [];
  return [{ type: 'RegressionRevised', data: { findingId, movement, basis, reason } }];
}

function askConfirmation(
  { jobId, hosts, controlHosts, faults }: Extract<FindingCommand, { type: 'askConfirmation' }>,
  finding: KnownFinding,
): FindingEvent[] {
  const { findingId, tries, confirmed, resolved } = finding;
  const underWay = currentTry(finding)?.figures === null;
  if (confirmed || resolved || underWay || tries.length >= mostTries) return [];
  const data = { findingId, try: tries.length + 1, jobId, hosts, controlHosts, faults };
  return [{ type: 'ConfirmationAsked', data }];
}

function judge(
  { jobId, figures }: Extract<FindingCommand, { type: 'judge' }>,
  { findingId, tries, movement }: KnownFinding,
): FindingEvent[] {
  const own = tries.find((one) => one.jobId === jobId);
  if (own === undefined || own.figures !== null) return [];
  const data = { findingId, try: own.try, jobId, figures };
  if (figures.verdict === (movement.direction === 'up' ? 'slower' : 'faster'))
    return [{ type: 'RegressionDetected', data }];
  return [{ type: 'RegressionNotConfirmed', data: { ...data, triesLeft: mostTries - own.try } }];
}

function goAway(how: string, { findingId, confirmed, resolved, withdrawn }: KnownFinding): FindingEvent[] {
  if (resolved || withdrawn) return [];
  if (confirmed) return [{ type: 'RegressionResolved', data: { findingId, byItself: true, note: how } }];
  const reason = `it went away before fresh runs confirmed it: ${how}`.slice(0, 1_000);
  return [{ type: 'RegressionWithdrawn', data: { findingId, reason, wentAway: true } }];
}

/** @throws Refused for a finding that there is not, and for what people say of a withdrawn one. */
function decide(command: FindingCommand, finding: Finding): FindingEvent[] {
  if (command.type === 'see') return see(command, finding);
  if (finding === 'new') throw new Refused('unknown-finding', 'there is no such finding');
  const { findingId, withdrawn, resolved } = finding;
  if (command.type === 'judge') return judge(command, finding);
  if (command.type === 'goAway') return goAway(command.how, finding);
  if (command.type === 'withdraw' || command.type === 'holdUp' || command.type === 'askConfirmation') {
    if (withdrawn) return [];
    if (command.type === 'askConfirmation') return askConfirmation(command, finding);
    const { reason } = command;
    if (command.type === 'withdraw') return [{ type: 'RegressionWithdrawn', data: { findingId, reason } }];
    return finding.heldUp === reason ? [] : [{ type: 'ConfirmationHeldUp', data: { findingId, reason } }];
  }
  if (command.type === 'unmute') {
    const over = finding.mutedUntil !== null && finding.mutedUntil <= command.now;
    return over ? [{ type: 'RegressionUnmuted', data: { findingId } }] : [];
  }
  if (withdrawn) throw new Refused('finding-withdrawn', `finding ${findingId} was withdrawn`);
  const { note } = command;
  switch (command.type) {
    case 'acknowledge':
      if (finding.acknowledged === (note ?? '')) return [];
      return [{ type: 'RegressionAcknowledged', data: { findingId, note } }];
    case 'expect':
      if (finding.expected === command.note) return [];
      return [{ type: 'RegressionExpected', data: { findingId, note: command.note } }];
    case 'mute':
      if (finding.mutedUntil === command.until) return [];
      return [{ type: 'RegressionMuted', data: { findingId, until: command.until, note: command.note } }];
    case 'reopen': {
      const said = finding.acknowledged !== null || finding.expected !== null || finding.mutedUntil !== null;
      return said || resolved ? [{ type: 'RegressionReopened', data: { findingId, note: command.note } }] : [];
    }
    case 'resolve':
      if (resolved) return [];
      return [{ type: 'RegressionResolved', data: { findingId, byItself: command.byItself, note: command.note } }];
  }
}

const withFigures = (tries: readonly Try[], jobId: string | null, figures: ConfirmationFigures | null): Try[] =>
  tries.map((one) => (one.jobId === jobId ? { ...one, figures } : one));

function evolve(before: Finding, event: FindingEvent): Finding {
  if (event.type === 'RegressionSuspected') {
    const { findingId, movement, basis } = event.data;
    const tries = before === 'new' ? [] : before.tries;
    const said = { acknowledged: null, expected: null, mutedUntil: null };
    const over = { resolved: false, withdrawn: false, wentAway: false };
    return { findingId, movement, basis, tries, confirmed: false, heldUp: null, ...said, ...over };
  }
  if (before === 'new') throw new Error(`the finding's stream is broken: ${event.type} before RegressionSuspected`);
  switch (event.type) {
    case 'RegressionRevised':
      return { ...before, movement: event.data.movement, basis: event.data.basis };
    case 'ConfirmationHeldUp':
      return { ...before, heldUp: event.data.reason };
    case 'ConfirmationAsked': {
      const { try: number, jobId, hosts, controlHosts, faults } = event.data;
      const asked = { try: number, jobId, hosts, controlHosts, faults, figures: null };
      return { ...before, heldUp: null, tries: [...before.tries, asked] };
    }
    case 'RegressionDetected':
      return { ...before, confirmed: true, tries: withFigures(before.tries, event.data.jobId, event.data.figures) };
    case 'RegressionNotConfirmed':
      return { ...before, tries: withFigures(before.tries, event.data.jobId, event.data.figures) };
    case 'RegressionAcknowledged':
      return { ...before, acknowledged: event.data.note ?? '' };
    case 'RegressionExpected':
      return { ...before, expected: event.data.note };
    case 'RegressionMuted':
      return { ...before, mutedUntil: event.data.until };
    case 'RegressionUnmuted':
      return { ...before, mutedUntil: null };
    case 'RegressionReopened':
      return { ...before, acknowledged: null, expected: null, mutedUntil: null, resolved: false };
    case 'RegressionResolved':
      return { ...before, resolved: true };
    case 'RegressionWithdrawn':
      return { ...before, withdrawn: true, wentAway: event.data.wentAway === true, heldUp: null };
  }
}

export const findingDecider: Decider<Finding, FindingCommand, FindingEvent> = {
  stream: findingStream,
  initial: 'new',
  owns: (event) => isEventOf('finding', event),
  evolve,
  decide,
};

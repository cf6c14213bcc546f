import * as z from 'zod';
import { hostIdSchema } from './ids.js';
import { textSchema } from './stored.js';

/** What people, or a rule, have said of a host. Told by the events of its stream. */
export const hostServiceSchema = z.enum(['in-service', 'draining', 'quarantined', 'removed']);
export type HostService = z.infer<typeof hostServiceSchema>;

/**
 * What a host is, in one word: what was said of it, and of a host in service whether its worker is heard of. `silent` is three missed
 * heartbeats (the view `host_presence`); `never` is a host of which no worker was ever heard: an imported one, or one of a demo.
 */
export const hostStateSchema = z.enum([
  'online',
  'silent',
  'never',
  ...hostServiceSchema.exclude(['in-service']).options,
]);
export type HostState = z.infer<typeof hostStateSchema>;

/**
 * A host's state. What was said of it outweighs its heartbeats: whether a host in quarantine is heard of changes nothing for anybody.
 * The same in SQL: the function `host_state`.
 *
 * @param service null where nothing was ever said
 * @param silent null where no worker was ever heard of
 */
export function hostStateOf(service: HostService | null, silent: boolean | null): HostState {
  if (service !== null && service !== 'in-service') return service;
  if (silent === null) return 'never';
  return silent ? 'silent' : 'online';
}

/** What a job does about a chosen host that can't begin its runs now: plans runs that wait, leaves it out, or is refused. */
export const unavailableChoiceSchema = z.enum(['wait', 'skip', 'fail']);
export type UnavailableChoice = z.infer<typeof unavailableChoiceSchema>;

interface Permits {
  /** Whether a job's selectors find it. */
  selected: boolean;
  /** Whether its runs get tickets, so that its worker begins them as soon as it can. */
  tickets: boolean;
  /** What a job does about it unless its spec says otherwise; `run`: nothing keeps it from its runs. */
  job: 'run' | UnavailableChoice;
  /** The key of a spec's `unavailable` that says otherwise; null: nothing does. */
  saidBy: 'silent' | 'draining' | 'quarantined' | null;
  /** Whether somebody is to be told that it is not heard of. */
  missed: boolean;
}

/** What each state permits. A run that has begun goes on to its end whatever the state becomes. */
export const hostPermits: Readonly<Record<HostState, Permits>> = {
  online: { selected: true, tickets: true, job: 'run', saidBy: null, missed: false },
  silent: { selected: true, tickets: true, job: 'wait', saidBy: 'silent', missed: true },
  never: { selected: true, tickets: true, job: 'wait', saidBy: 'silent', missed: false },
  draining: { selected: true, tickets: false, job: 'skip', saidBy: 'draining', missed: false },
  quarantined: { selected: true, tickets: false, job: 'skip', saidBy: 'quarantined', missed: false },
  removed: { selected: false, tickets: false, job: 'fail', saidBy: null, missed: false },
};

/** What a spec says of chosen hosts in a state; a key left out is as `hostPermits` has it. */
export const unavailableSchema = z.strictObject({
  silent: unavailableChoiceSchema.optional(),
  draining: unavailableChoiceSchema.optional(),
  quarantined: unavailableChoiceSchema.optional(),
});
export type Unavailable = z.infer<typeof unavailableSchema>;

/** What a job whose spec says so does about a host in this state. */
export function whatToDo(state: HostState, unavailable: Unavailable = {}): Permits['job'] {
  const { job, saidBy } = hostPermits[state];
  return (saidBy === null ? undefined : unavailable[saidBy]) ?? job;
}

/** What can be done to a host. */
export const hostActionSchema = z.enum(['drain', 'undrain', 'quarantine', 'release', 'remove', 'restore']);
export type HostAction = z.infer<typeof hostActionSchema>;

/** What an action makes of a host; the same as before: it changes nothing; null: it is refused. Only `release` ends a quarantine. */
export const hostActions: Readonly<Record<HostAction, Readonly<Record<HostService, HostService | null>>>> = {
  drain: { 'in-service': 'draining', draining: 'draining', quarantined: null, removed: null },
  undrain: { 'in-service': 'in-service', draining: 'in-service', quarantined: null, removed: null },
  quarantine: { 'in-service': 'quarantined', draining: 'quarantined', quarantined: 'quarantined', removed: null },
  release: { 'in-service': 'in-service', draining: null, quarantined: 'in-service', removed: null },
  remove: { 'in-service': 'removed', draining: 'removed', quarantined: 'removed', removed: 'removed' },
  restore: { 'in-service': 'in-service', draining: 'draining', quarantined: 'quarantined', removed: 'in-service' },
};

/** The action that puts a host back into service. */
export const endedBy: Readonly<Record<Exclude<HostService, 'in-service'>, HostAction>> = {
  draining: 'undrain',
  quarantined: 'release',
  removed: 'restore',
};

/** Rules that quarantine a host without a person. */
export const quarantineRuleSchema = z.enum(['noise', 'failures']);
export type QuarantineRule = z.infer<typeof quarantineRuleSchema>;

/** Why something was done to a host. */
export const hostReasonSchema = textSchema(1, 500);

/** Hosts of a job that it left out, by their state then. */
export const skippedHostsSchema = z.object({ state: hostStateSchema, hostIds: z.array(hostIdSchema).min(1) });
export type SkippedHosts = z.infer<typeof skippedHostsSchema>;

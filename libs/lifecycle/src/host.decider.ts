import {
  deriveLabels,
  endedBy,
  executorOf,
  type EventData,
  type HostAction,
  hostActions,
  type HostDescription,
  type HostEvent,
  type HostService,
  hostStream,
  isEventOf,
  type QuarantineRule,
} from '#contracts';
import { canonicalJson, hashBootState } from './boot-state-hash.js';
import type { Decider } from './decider.js';
import { FieldRefused, Refused } from './refused.js';

/** What was last said of a host. */
export type HostFacts = EventData<'HostRegistered'>;
export type Host = { state: 'new' } | { state: 'known'; facts: HostFacts; service: HostService };

/** A worker (re)announces a host. Repeating what is known changes nothing. */
export interface RegisterHost {
  type: 'register';
  workerId: string;
  description: HostDescription;
}

/** Somebody, or a rule, takes a host out of service or puts it back. Repeating it changes nothing. */
export interface ActOnHost {
  type: 'act';
  action: HostAction;
  reason: string;
  /** The rule that quarantines it; null: a person acts. */
  rule: QuarantineRule | null;
}

export type HostCommand = RegisterHost | ActOnHost;

/** A host's labels carry the provenance of its first capability; a run's labels that of the capability it used. */
function factsOf({ workerId, description }: RegisterHost): HostFacts {
  const { hostId, capabilities, bootState } = description;
  const provenance = capabilities[0]?.provenance;
  if (provenance === undefined) throw new Error(`host ${hostId} has no capability; the contract asks for one`);
  return {
    hostId,
    workerId,
    labels: { ...deriveLabels(hostId, description.labels, bootState, provenance) },
    capabilities,
    bootState,
    bootStateHash: hashBootState(bootState),
  };
}

const differ = (a: unknown, b: unknown): boolean => canonicalJson(a) !== canonicalJson(b);

/** Names of what differs: `workerId`, `labels`, `capabilities`, and each top-level boot-state field. */
function changes(before: HostFacts, after: HostFacts): string[] {
  const named = (['workerId', 'labels', 'capabilities'] as const).filter((name) => differ(before[name], after[name]));
  const fields = Object.keys({ ...before.bootState, ...after.bootState }) as (keyof HostFacts['bootState'])[];
  return [...named, ...fields.filter((field) => differ(before.bootState[field], after.bootState[field]))];
}

/** @throws FieldRefused where the host has to be put back into service another way first. */
function act({ action, reason, rule }: ActOnHost, host: Host): HostEvent[] {
  if (host.state === 'new') throw new Refused('unknown-host', 'there is no such host');
  const { hostId } = host.facts;
  const from = host.service;
  const to = hostActions[action][from];
  if (to === from) return [];
  if (to === null && from !== 'in-service') {
    throw new FieldRefused('hosts', `${hostId} is ${from}`, `xf hosts ${endedBy[from]} ${hostId} first`);
  }
  const said = { hostId, reason };
  switch (to) {
    case 'draining':
      return [{ type: 'HostDrained', data: said }];
    case 'quarantined':
      return [{ type: 'HostQuarantined', data: { ...said, rule } }];
    case 'removed':
      return [{ type: 'HostRemoved', data: said }];
    case 'in-service':
    case null:
      return from === 'in-service' ? [] : [{ type: 'HostReturned', data: { ...said, from } }];
  }
}

function register(command: RegisterHost, host: Host): HostEvent[] {
  const facts = factsOf(command);
  if (host.state === 'new') return [{ type: 'HostRegistered', data: facts }];
  const changed = changes(host.facts, facts);
  return changed.length === 0 ? [] : [{ type: 'HostFactsChanged', data: { ...facts, changed } }];
}

/** @throws Refused as `act` does. */
function decide(command: HostCommand, host: Host): HostEvent[] {
  return command.type === 'register' ? register(command, host) : act(command, host);
}

/** What an event says of a host's service; undefined: nothing. */
export function serviceAfter({ type }: Pick<HostEvent, 'type'>): HostService | undefined {
  switch (type) {
    case 'HostDrained':
      return 'draining';
    case 'HostQuarantined':
      return 'quarantined';
    case 'HostRemoved':
      return 'removed';
    case 'HostReturned':
      return 'in-service';
    case 'HostRegistered':
    case 'HostFactsChanged':
      return undefined;
  }
}

/**
 * A removed host that registers again stays removed.
 *
 * @throws Error when something is said of a host that never registered: the stream is broken.
 */
function evolve(host: Host, event: HostEvent): Host {
  if (event.type !== 'HostRegistered' && event.type !== 'HostFactsChanged') {
    if (host.state === 'new') throw new Error(`the host's stream is broken: ${event.type} before HostRegistered`);
    return { ...host, service: serviceAfter(event) ?? host.service };
  }
  const { hostId, workerId, labels, capabilities, bootState, bootStateHash } = event.data;
  const service = host.state === 'new' ? 'in-service' : host.service;
  return { state: 'known', service, facts: { hostId, workerId, labels, capabilities, bootState, bootStateHash } };
}

export const hostDecider: Decider<Host, HostCommand, HostEvent> = {
  stream: hostStream,
  initial: { state: 'new' },
  owns: (event) => isEventOf('host', event),
  evolve,
  decide,
};

type Identity = Pick<HostFacts, 'capabilities' | 'bootState'>;

/**
 * Why a host can't be the machine that it was; null when it can. A guest's CPU is a setting, and a CPU that could not be
 * read contradicts none.
 */
export function contradiction(before: Identity, after: Identity): string | null {
  const is = ({ capabilities }: Identity, kind: ReturnType<typeof executorOf>['host']): boolean =>
    capabilities.some(({ executor }) => executorOf(executor).host === kind);
  if (is(before, 'simulated') !== is(after, 'simulated')) {
    return is(after, 'simulated')
      ? 'was a real machine and is simulated now'
      : 'was simulated and is a real machine now';
  }
  if (is(before, 'virtual') || is(after, 'virtual')) return null;
  const [old, now] = [before.bootState.cpu, after.bootState.cpu];
  if ([old.vendor, now.vendor].includes('unknown')) return null;
  const text = (cpu: typeof old): string => `${cpu.generation} (${cpu.vendor} family ${cpu.family} model ${cpu.model})`;
  return text(old) === text(now) ? null : `was ${text(old)} and is ${text(now)} now`;
}

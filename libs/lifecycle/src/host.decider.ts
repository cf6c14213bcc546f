import {
  deriveLabels,
  executorOf,
  type EventData,
  type HostDescription,
  type HostEvent,
  hostStream,
  isEventOf,
} from '#contracts';
import { canonicalJson, hashBootState } from './boot-state-hash.js';
import type { Decider } from './decider.js';

/** What was last said of a host. */
export type HostFacts = EventData<'HostRegistered'>;
export type Host = { state: 'new' } | { state: 'known'; facts: HostFacts };

/** A worker (re)announces a host. Repeating what is known changes nothing. */
export interface HostCommand {
  type: 'register';
  workerId: string;
  description: HostDescription;
}

/** A host's labels carry the provenance of its first capability; a run's labels that of the capability it used. */
function factsOf({ workerId, description }: HostCommand): HostFacts {
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

function decide(command: HostCommand, host: Host): HostEvent[] {
  const facts = factsOf(command);
  if (host.state === 'new') return [{ type: 'HostRegistered', data: facts }];
  const changed = changes(host.facts, facts);
  return changed.length === 0 ? [] : [{ type: 'HostFactsChanged', data: { ...facts, changed } }];
}

function evolve(_host: Host, event: HostEvent): Host {
  const { hostId, workerId, labels, capabilities, bootState, bootStateHash } = event.data;
  return { state: 'known', facts: { hostId, workerId, labels, capabilities, bootState, bootStateHash } };
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

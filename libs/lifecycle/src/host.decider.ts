import { deriveLabels, type EventData, type HostDescription, type HostEvent } from '#contracts';
import { canonicalJson, hashBootState } from './boot-state-hash.js';

/** What was last said of a host. */
export type HostFacts = EventData<'HostRegistered'>;
export type Host = { state: 'new' } | { state: 'known'; facts: HostFacts };

/** A worker (re)announces a host. Repeating what is known changes nothing. */
export interface HostCommand {
  type: 'register';
  workerId: string;
  description: HostDescription;
}

export const newHost: Host = { state: 'new' };

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

export function decideHost(command: HostCommand, host: Host): HostEvent[] {
  const facts = factsOf(command);
  if (host.state === 'new') return [{ type: 'HostRegistered', data: facts }];
  const changed = changes(host.facts, facts);
  return changed.length === 0 ? [] : [{ type: 'HostFactsChanged', data: { ...facts, changed } }];
}

export function evolveHost(_host: Host, event: HostEvent): Host {
  const { hostId, workerId, labels, capabilities, bootState, bootStateHash } = event.data;
  return { state: 'known', facts: { hostId, workerId, labels, capabilities, bootState, bootStateHash } };
}

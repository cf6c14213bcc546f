/**
 * Versions of the worker protocol that this release speaks: registration, heartbeat, tickets, and what a worker reads and
 * writes of its runs. Ten thousand workers can't be upgraded at once, so workers of the version before are served as well:
 * upgrade the coordinators first, then the workers. To change the protocol, add a version with what it changes and drop
 * the oldest.
 */
export const contractVersions = {
  2: 'a start carries its boot state (RunStarted version 1)',
  3: 'a start names its boot state, which is stored once (RunStarted version 2)',
} as const;

/** The version that this release's worker speaks. */
export const contractVersion = 3;
/** Tickets carry it, so that any worker that is served can read them: nobody knows beforehand which one takes a ticket. */
export const oldestContractVersion = 2;

/** The accepted versions, oldest first. */
export const acceptedContractVersions = [oldestContractVersion, contractVersion] as const;
export type ContractVersion = (typeof acceptedContractVersions)[number];
export const acceptedText = acceptedContractVersions.join(' and ');

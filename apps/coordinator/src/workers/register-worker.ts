import * as z from 'zod';
import {
  bootStateSchema,
  capabilitySchema,
  type Cause,
  type ContractVersion,
  type HostDescription,
  hostStream,
} from '#contracts';
import { handleMany, type PrismaClient, UnreadableStreamError } from '#event-store';
import { contradiction, hostDecider } from '#lifecycle';
import { conflict, invalidInput } from '../problems/problem.js';
import { claimHosts, type Instance, type Intervals, type RegisteredToken } from './ownership.js';

const identitySchema = z.object({ capabilities: z.array(capabilitySchema), bootState: bootStateSchema });

/** @returns the hosts of which it was news. One whose events can't be read goes on with its last known facts: it must not keep the worker's others out. */
async function registerHosts(
  db: PrismaClient,
  workerId: string,
  hosts: readonly HostDescription[],
  cause: Cause,
): Promise<HostDescription[]> {
  const orders = hosts.map((description) => ({
    ...{ id: description.hostId, cause },
    command: { type: 'register' as const, workerId, description },
  }));
  const executed = await handleMany(db, hostDecider, orders, { envelope: (event) => ({ event }) });
  return hosts.filter((_, index) => {
    const one = executed[index];
    if (one === undefined) return false;
    if ('appended' in one) return one.appended.length > 0;
    if (one.failed instanceof UnreadableStreamError) return false;
    throw one.failed;
  });
}

function refuseTwice(hosts: readonly HostDescription[]): void {
  const seen = new Set<string>();
  hosts.forEach(({ hostId }, index) => {
    if (seen.has(hostId)) {
      throw invalidInput([
        { field: `hosts[${index}].hostId`, message: `${hostId} is named twice`, remedy: 'name each host once' },
      ]);
    }
    seen.add(hostId);
  });
}

/**
 * A host whose CPU is another one, or that was simulated and is not, is another machine under an old name: its runs would
 * stand in the old one's series.
 */
async function refuseContradictions(db: PrismaClient, hosts: readonly HostDescription[]): Promise<void> {
  const known = await db.host.findMany({
    where: { hostId: { in: hosts.map(({ hostId }) => hostId) } },
    select: { hostId: true, capabilities: true, bootState: true },
  });
  const byId = new Map(known.map((host) => [host.hostId, host]));
  hosts.forEach((host, index) => {
    const before = byId.get(host.hostId);
    const facts = before === undefined ? null : identitySchema.parse(before);
    const found = facts === null ? null : contradiction(facts, host);
    if (found === null) return;
    throw conflict('host-contradicts', 'This host is registered as another machine', {
      field: `hosts[${index}].bootState.cpu`,
      message: `${host.hostId} ${found}`,
      remedy:
        'give this machine a host id of its own; if it did take the place of the old one, start its worker once with WORKER_REPLACE_HOSTS=1',
    });
  });
}

/**
 * Registers a worker's hosts: an event for each host that is new or differs from what is known.
 *
 * @returns the streams that were written.
 * @throws ProblemError 400 for a host named twice, 409 for a host that another live instance serves, or that is another
 *   machine than before.
 */
export async function registerWorker(
  db: PrismaClient,
  registration: Instance & {
    contractVersion: ContractVersion;
    hosts: readonly HostDescription[];
    replace: boolean;
    token: RegisteredToken | null;
    intervals: Intervals;
    cause: Cause;
  },
): Promise<string[]> {
  const { workerId, hosts, replace, token, intervals, cause } = registration;
  refuseTwice(hosts);
  if (!replace) await refuseContradictions(db, hosts);
  await claimHosts(
    db,
    registration,
    hosts.map(({ hostId }) => hostId),
    intervals,
    token,
  );
  const changed = await registerHosts(db, workerId, hosts, cause);
  return changed.map(({ hostId }) => hostStream(hostId));
}

/**
 * Those of these hosts that were removed. They register, so that their worker serves its others and somebody can restore them, but stay
 * removed: a machine that was taken out must not come back because it was switched on.
 */
export async function removedOf(db: PrismaClient, hosts: readonly HostDescription[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ hostId: string }[]>`
    SELECT host_id AS "hostId" FROM host_service
     WHERE state = 'removed' AND host_id = ANY(${hosts.map(({ hostId }) => hostId)}::text[]) ORDER BY host_id`;
  return rows.map(({ hostId }) => hostId);
}

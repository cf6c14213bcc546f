import { type Cause, eventsOf, type HostDescription, hostStream, type RecordedEvent } from '#contracts';
import type { PrismaClient } from '#event-store';
import { decideHost, evolveHost, type Host, newHost } from '#lifecycle';
import { decideOnStream } from '../decide-on-stream.js';
import { conflict, invalidInput } from '../problems/problem.js';

/** Hosts registered at the same time; each takes two short statements. */
const atOnce = 8;

function hostOf(events: readonly RecordedEvent[]): Host {
  return eventsOf('host', events).reduce<Host>(evolveHost, newHost);
}

function registerHost(
  db: PrismaClient,
  workerId: string,
  description: HostDescription,
  cause: Cause,
): Promise<boolean> {
  const command = { type: 'register' as const, workerId, description };
  return decideOnStream(db, hostStream(description.hostId), (events) => decideHost(command, hostOf(events)), cause);
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

/** A host measures one thing at a time, so one live worker serves it. */
async function refuseServed(
  db: PrismaClient,
  workerId: string,
  hosts: readonly HostDescription[],
  leaseMs: number,
): Promise<void> {
  const other = await db.workerPresence.findFirst({
    where: {
      hostId: { in: hosts.map((host) => host.hostId) },
      workerId: { not: workerId },
      seenAt: { gt: new Date(Date.now() - leaseMs) },
    },
  });
  if (other === null) return;
  const index = hosts.findIndex((host) => host.hostId === other.hostId);
  throw conflict('host-served', 'Another worker serves this host', {
    field: `hosts[${index}].hostId`,
    message: `${other.hostId} is served by worker ${other.workerId}, which was alive at ${other.seenAt.toISOString()}`,
    remedy: `stop that worker (it counts as gone after ${leaseMs} ms), give this one the same --id, or use another host id`,
  });
}

/** Marks hosts as served by a worker that lives now. */
export async function markPresent(db: PrismaClient, workerId: string, hostIds: readonly string[]): Promise<void> {
  await db.$executeRaw`
    INSERT INTO worker_presence (host_id, worker_id, seen_at)
    SELECT host_id, ${workerId}, now() FROM unnest(${[...new Set(hostIds)]}::text[]) AS given (host_id)
    ON CONFLICT (host_id) DO UPDATE SET worker_id = excluded.worker_id, seen_at = excluded.seen_at`;
}

/**
 * Registers a worker's hosts: an event for each host that is new or differs from what is known.
 *
 * @returns the streams that were written.
 * @throws ProblemError 400 for a host named twice, 409 for a host that another live worker serves.
 */
export async function registerWorker(
  db: PrismaClient,
  registration: { workerId: string; hosts: readonly HostDescription[]; leaseMs: number; cause: Cause },
): Promise<string[]> {
  const { workerId, hosts, leaseMs, cause } = registration;
  refuseTwice(hosts);
  await refuseServed(db, workerId, hosts, leaseMs);
  const written: string[] = [];
  for (let from = 0; from < hosts.length; from += atOnce) {
    const some = hosts.slice(from, from + atOnce);
    const changed = await Promise.all(some.map((host) => registerHost(db, workerId, host, cause)));
    written.push(...some.filter((_, i) => changed[i]).map((host) => hostStream(host.hostId)));
  }
  await markPresent(
    db,
    workerId,
    hosts.map((host) => host.hostId),
  );
  return written;
}

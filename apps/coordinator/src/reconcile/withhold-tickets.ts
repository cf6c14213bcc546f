import { queuedRuns } from './put-back-lost-tickets.js';
import type { ReconcileContext } from './context.js';
import { hostsWithoutTickets } from './takes-runs.js';
import { ticketOf } from './tickets.js';

/**
 * A host is looked at for so long after it went out of service: a ticket that was being put meanwhile may come late. By PostgreSQL's
 * clock. What is later still is found by a look at all of them.
 */
const lookedAtForMs = 15_000;

/** Hosts whose tickets are looked at together. */
const hostsAtOnce = 200;

/**
 * Takes the tickets of hosts back that take no runs, draining, quarantined or removed, so that their workers begin none. The runs stay
 * queued in the store: when the host is back in service, their tickets are lost ones, and put again. A ticket that a worker holds
 * already stays; its run goes on.
 *
 * @param all looks at every such host, not only at those that went out of service lately.
 * @returns how many hosts had tickets.
 */
export async function withholdTickets(context: ReconcileContext, all: boolean): Promise<number> {
  const hosts = await context.db.$queryRaw<{ hostId: string }[]>`
    SELECT s.host_id AS "hostId" FROM host_service s
     WHERE s.host_id IN ${hostsWithoutTickets}
       AND (${all} OR s.since > now() - ${lookedAtForMs}::integer * interval '1 millisecond')
       AND EXISTS (SELECT FROM runs r WHERE r.host_id = s.host_id AND r.ended_at IS NULL AND r.state = 'queued')`;
  if (hosts.length === 0) return 0;
  const standing = await context.queue.standing(hosts.map(({ hostId }) => hostId));
  const holding = hosts.map(({ hostId }) => hostId).filter((hostId) => (standing.get(hostId)?.waiting ?? 0) > 0);
  for (let from = 0; from < holding.length; from += hostsAtOnce) {
    const runs = await queuedRuns(context, holding.slice(from, from + hostsAtOnce));
    await context.queue.removeAll(runs.map(ticketOf));
  }
  return holding.length;
}

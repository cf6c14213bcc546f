import type { PrismaClient } from '#event-store';
import { refused } from '../problems/problem.js';
import { nearest } from '../selectors/nearest.js';

/** More hosts than these are not searched for a name that was perhaps meant. */
const mostHosts = 20_000;

/**
 * A typing error would begin the history of another host.
 *
 * @throws ProblemError 422 for a host that no worker registered and no run is of, with the nearest names
 */
export async function checkKnownHost(db: PrismaClient, host: string): Promise<void> {
  const key = 'host';
  if ((await db.labelValue.count({ where: { key, value: host } })) > 0) return;
  const rows = await db.labelValue.findMany({ where: { key }, select: { value: true }, take: mostHosts });
  const near = nearest(
    host,
    rows.map(({ value }) => value),
  );
  throw refused({
    field: 'host',
    message: `no host or run has the name ${host}`,
    remedy: `${near.length > 0 ? `did you mean ${near.join(' or ')}? ` : ''}newHost=true (xf import --new-host) begins a new host`,
  });
}

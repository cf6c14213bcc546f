import { Prisma } from '#event-store';

/**
 * A table of hosts, under its alias, beside what was said of each (`service`) and what is heard of its worker (`presence`). Left joins:
 * most hosts have no row of the one, and imported ones none of the other.
 */
export const hostsWithState = (hosts: Prisma.Sql): Prisma.Sql => Prisma.sql`
  LEFT JOIN host_presence presence ON presence.host_id = ${hosts}.host_id AND presence.worker_id = ${hosts}.worker_id
  LEFT JOIN host_service service ON service.host_id = ${hosts}.host_id`;

/** The state of a host beside which `hostsWithState` is joined: one of `hostStateSchema`. */
export const hostState: Prisma.Sql = Prisma.sql`host_state(service.state, presence.silent)`;

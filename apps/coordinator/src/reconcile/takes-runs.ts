import { hostPermits } from '#contracts';
import { Prisma } from '#event-store';

const without = Object.entries(hostPermits).flatMap(([state, { tickets }]) => (tickets ? [] : [state]));

/** Hosts that get no tickets. A set that PostgreSQL makes once a statement, however many runs are held against it. */
export const hostsWithoutTickets = Prisma.sql`(SELECT host_id FROM host_service WHERE state = ANY(${without}::text[]))`;

/** Whether the host of a run (`r`) gets tickets. */
export const takesRuns = Prisma.sql`r.host_id NOT IN ${hostsWithoutTickets}`;

import { parseSelector, type RouteView } from '#contracts';
import { Prisma } from '#event-store';
import { subjectFilter } from '../../selectors/subject-filter.js';

/**
 * Whether a host is one of those that a route is about.
 *
 * @param labels a jsonb column of it
 */
export function isOfRoute({ selector }: RouteView, labels: Prisma.Sql, bootStateHash: Prisma.Sql): Prisma.Sql {
  return subjectFilter(parseSelector(selector), labels, bootStateHash);
}

/**
 * Whether some host is one of those.
 *
 * @param hosts a table `h` of hosts and a condition on it: `hosts h WHERE …`
 * @param labels left out, the host's own
 */
export function someOfRoute(route: RouteView, hosts: Prisma.Sql, labels = Prisma.sql`h.labels`): Prisma.Sql {
  // A host may be one that nothing but its runs is known of.
  if (parseSelector(route.selector).length === 0) return Prisma.sql`true`;
  return Prisma.sql`EXISTS (SELECT FROM ${hosts} AND ${isOfRoute(route, labels, Prisma.sql`h.boot_state_hash`)})`;
}

/** `3 hosts of rack r7`; of a group without that label `3 hosts`. */
export function hostsOfGroup(hosts: number, label: string, value: string): string {
  return `${hosts} hosts${value === '' ? '' : ` of ${label} ${value}`}`;
}

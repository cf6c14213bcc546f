import { Prisma } from '#event-store';
import { hostState, hostsWithState } from '../../hosts/host-state.js';
import type { CauseWatch } from './cause-watch.js';
import { hostsOfGroup, isOfRoute } from './hosts-of-route.js';

/** A host is told of when it has been silent for so long, and over when it is back for so long. Restarts are shorter. */
export const silentForMs = 300_000;

interface SilentRow {
  hostId: string;
  group: string | null;
  seenMs: number;
  begins: boolean;
}

/** Hosts that are silent, by PostgreSQL's clock; those of one rack are one message. */
export const hostSilent: CauseWatch = {
  everyMs: 10_000,
  quietMs: silentForMs,
  async find({ db, route, couldHear }) {
    if (!(await couldHear())) return null;
    const ofRoute = isOfRoute(route, Prisma.sql`hosts.labels`, Prisma.sql`hosts.boot_state_hash`);
    const rows = await db.$queryRaw<SilentRow[]>`
      SELECT hosts.host_id AS "hostId", hosts.labels ->> ${route.groupBy}::text AS group,
             extract(epoch FROM presence.seen_at)::float8 * 1000 AS "seenMs",
             presence.seen_at < clock_timestamp() - ${silentForMs}::float8 * interval '1 millisecond' AND ${ofRoute} AS begins
        FROM hosts ${hostsWithState(Prisma.sql`hosts`)} WHERE ${hostState} = 'silent' ORDER BY hosts.host_id COLLATE "C"`;
    return rows.map(({ hostId, group, seenMs, begins }) => ({
      ...{ key: hostId, group: group ?? '', begins, sinceMs: seenMs, hosts: [hostId] },
      title: `${hostId} is silent`,
      lines: [`${hostId} was last heard of at ${new Date(seenMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`],
      page: `/#/hosts/${hostId}`,
    }));
  },
  title: (items, groupBy) => `${hostsOfGroup(items.length, groupBy, items[0]?.group ?? '')} are silent`,
};

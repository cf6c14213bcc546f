import { type HostState, hostStateSchema, type PlannedRun, type WaitsFor } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { hostState, hostsWithState } from '../hosts/host-state.js';

/** Hosts that are named of each state. */
const named = 3;

/** How a host stands: since when, of a silent one its last heartbeat; and why, where somebody said so. */
export interface HostStanding {
  state: HostState;
  since: Date | null;
  reason: string | null;
}

/** Since when a host beside which `hostsWithState` is joined is in its state; null where nothing tells. */
export const stateSince = Prisma.sql`CASE WHEN service.state <> 'in-service' THEN service.since ELSE presence.seen_at END`;

interface Waiting extends HostStanding {
  hostId: string;
  runs: number;
}

/** Hosts that are not online, by their state, those first that are so longest. */
function byState(waiting: readonly Waiting[]): WaitsFor[] {
  return hostStateSchema.exclude(['online']).options.flatMap((state) => {
    const own = waiting.filter((host) => host.state === state);
    if (own.length === 0) return [];
    return {
      ...{ state, hosts: own.length, runs: own.reduce((sum, { runs }) => sum + runs, 0) },
      named: own
        .sort((a, b) => (a.since?.getTime() ?? 0) - (b.since?.getTime() ?? 0) || (a.hostId < b.hostId ? -1 : 1))
        .slice(0, named)
        .map(({ hostId, since, reason }) => ({
          ...{ hostId, since: since?.toISOString() ?? null },
          reason: state === 'silent' || state === 'never' ? null : reason,
        })),
    };
  });
}

/** What runs that are yet to be stored will wait for. */
export function willWaitFor(
  runs: readonly PlannedRun[],
  hosts: readonly (HostStanding & { hostId: string })[],
): WaitsFor[] {
  const counts = new Map<string, number>();
  for (const { hostId } of runs) counts.set(hostId, (counts.get(hostId) ?? 0) + 1);
  return byState(
    hosts.flatMap((host) => {
      const own = counts.get(host.hostId);
      return own === undefined ? [] : [{ ...host, runs: own }];
    }),
  );
}

/** What a job's runs that no worker has begun wait for. One pass over them. */
export async function hostsWaitedFor(db: PrismaClient, jobId: string): Promise<WaitsFor[]> {
  return byState(
    await db.$queryRaw<Waiting[]>`
      SELECT waiting.host_id AS "hostId", waiting.runs, ${hostState} AS state, ${stateSince} AS since, service.reason
        FROM (SELECT host_id, count(*)::integer AS runs FROM runs
               WHERE job_id = ${jobId}::uuid AND state IN ('planned', 'queued') GROUP BY host_id) waiting
        JOIN hosts USING (host_id) ${hostsWithState(Prisma.sql`hosts`)}
       WHERE ${hostState} <> 'online'`,
  );
}

import { type AtOnce, atOnceSchema, type Priority } from '#contracts';
import { Prisma } from '#event-store';
import { type Place, Places } from '#lifecycle';
import { hostsWithState } from '../hosts/host-state.js';
import type { ReconcileContext } from './context.js';
import type { FullPlaces } from './full-places.js';
import { type RunToQueue, runToQueueColumns } from './run-to-queue.js';
import { hostsWithoutTickets, takesRuns } from './takes-runs.js';

/** A job some of whose hosts may not be measured at the same time. */
interface LimitedJob {
  jobId: string;
  atOnce: AtOnce;
  /** Whether it queues more; a job that is being cancelled only keeps its places. */
  running: boolean;
}

/** In the order in which they are given places. */
const ranks: readonly Priority[] = ['high', 'normal', 'low'];

export async function limitedJobs({ db }: ReconcileContext): Promise<LimitedJob[]> {
  const rows = await db.$queryRaw<(Omit<LimitedJob, 'atOnce'> & { atOnce: unknown })[]>`
    SELECT job_id AS "jobId", spec->'atOnce' AS "atOnce", state = 'running' AS running
      FROM jobs WHERE state <> 'ended' AND spec ? 'atOnce'
     ORDER BY array_position(${[...ranks]}::text[], spec->>'priority'), submitted_at, job_id`;
  return rows.map(({ atOnce, ...job }) => ({ ...job, atOnce: atOnceSchema.parse(atOnce) }));
}

const silent = Prisma.sql`presence.silent IS TRUE`;

/**
 * Hosts that are measured for one of these jobs. Not those that have a ticket and can't begin: a rack would stand still as long as two of
 * its hosts are silent.
 */
async function placesTaken({ db }: ReconcileContext, label: string, jobIds: readonly string[]): Promise<Place[]> {
  return db.$queryRaw<Place[]>`
    SELECT DISTINCT r.host_id AS "hostId", hosts.labels->>${label} AS value
      FROM runs r JOIN hosts ON hosts.host_id = r.host_id ${hostsWithState(Prisma.sql`hosts`)}
     WHERE r.state IN ('queued', 'started') AND r.job_id = ANY(${[...jobIds]}::uuid[]) AND hosts.labels ? ${label}
       AND (r.state = 'started' OR (${takesRuns} AND NOT ${silent}))
     ORDER BY 1`;
}

/**
 * A job's next runs on hosts that may have a place; one of a host with the label, which gets no second place. By way of the hosts, a few
 * of which may have one, and of what each has open: a pass over the runs that wait would read 100,000 rows to find some ten. OFFSET keeps
 * PostgreSQL from doing that nonetheless, once a host.
 *
 * Also rows that the run's stream has passed: such a run was queued by an earlier pass and takes its place here again, where skipping it
 * would give the place to one more.
 */
async function waitingRuns(
  { db, batchSize }: ReconcileContext,
  { jobId, atOnce: { label, hosts: most } }: LimitedJob,
  places: Places,
): Promise<(RunToQueue & { value: string | null })[]> {
  return db.$queryRaw<(RunToQueue & { value: string | null })[]>`
    SELECT ${runToQueueColumns}, hosts.labels->>${label} AS value
      FROM hosts ${hostsWithState(Prisma.sql`hosts`)}
     CROSS JOIN LATERAL (
       SELECT * FROM (SELECT * FROM runs WHERE host_id = hosts.host_id AND ended_at IS NULL OFFSET 0) open
        WHERE state = 'planned' AND job_id = ${jobId}::uuid
        ORDER BY plan_index LIMIT CASE WHEN hosts.labels ? ${label} THEN 1 ELSE ${batchSize}::int END) r
     WHERE hosts.host_id NOT IN ${hostsWithoutTickets} AND NOT ${silent}
       AND (NOT hosts.labels ? ${label}
            OR (hosts.host_id NOT IN (SELECT unnest(${places.hosts}::text[]))
                AND hosts.labels->>${label} NOT IN (SELECT unnest(${places.full(most)}::text[]))))
     ORDER BY r.plan_index LIMIT ${batchSize}`;
}

/**
 * The runs of jobs with a limit that may be queued now. Jobs with a limit on the same label share its places, the more urgent ones first.
 */
export async function limitedRunsToQueue(
  context: ReconcileContext,
  jobs: readonly LimitedJob[],
  full: FullPlaces,
): Promise<RunToQueue[]> {
  const chosen: RunToQueue[] = [];
  for (const label of new Set(jobs.map(({ atOnce }) => atOnce.label))) {
    const alike = jobs.filter(({ atOnce }) => atOnce.label === label);
    const taken = await placesTaken(
      context,
      label,
      alike.map(({ jobId }) => jobId),
    );
    const standing = JSON.stringify([alike, taken]);
    if (full.stillHolds(label, standing)) continue;
    const places = new Places(taken);
    const before = chosen.length;
    for (const job of alike.filter(({ running }) => running))
      chosen.push(...places.take(await waitingRuns(context, job, places), job.atOnce.hosts));
    if (chosen.length === before) full.remember(label, standing);
  }
  return chosen;
}

import { Prisma } from '#event-store';
import { counted } from '#wording';
import type { CauseWatch } from './cause-watch.js';
import { someOfRoute } from './hosts-of-route.js';

/** Jobs that ended longer ago are not told any more: the route, or every coordinator, was away. */
const withinDays = 7;
/** Reasons that are named. */
const mostReasons = 5;

interface JobRow {
  jobId: string;
  name: string | null;
  outcome: string;
  endedMs: number;
  total: number;
  reasons: { code: string | null; runs: number }[] | null;
  hosts: string[] | null;
}

/** Jobs of which some runs, or all, gave no result. A message a job, whatever failed and on how many hosts. Cancelled ones are somebody's wish. */
export const jobFailed: CauseWatch = {
  ...{ everyMs: 5_000, quietMs: 0 },
  async find({ db, route }) {
    const ofJob = Prisma.sql`runs r JOIN hosts h USING (host_id) WHERE r.job_id = j.job_id`;
    const lost = Prisma.sql`runs r WHERE r.job_id = j.job_id AND r.state IN ('failed', 'abandoned')`;
    // What is told already needs no details.
    const rows = await db.$queryRaw<JobRow[]>`
      SELECT j.job_id::text AS "jobId", j.spec ->> 'name' AS name, j.outcome, extract(epoch FROM j.ended_at)::float8 * 1000 AS "endedMs",
             j.runs_total AS total,
             CASE WHEN told.item IS NULL THEN (
               SELECT jsonb_agg(jsonb_build_object('code', code, 'runs', runs) ORDER BY runs DESC, code) FROM (
                 SELECT r.failure ->> 'code' AS code, count(*) AS runs FROM ${lost} GROUP BY 1) AS by_code) END AS reasons,
             CASE WHEN told.item IS NULL THEN (
               SELECT array_agg(host_id ORDER BY host_id) FROM (SELECT DISTINCT r.host_id FROM ${lost}) AS one) END AS hosts
        FROM jobs j LEFT JOIN notification_items told ON told.route = ${route.name} AND told.cause = 'job-failed' AND told.item = j.job_id::text
       WHERE j.outcome IN ('failed', 'partial') AND j.ended_at > ${new Date(route.activeSince)}
         AND j.ended_at > now() - ${withinDays}::integer * interval '1 day'
         AND (told.item IS NOT NULL OR ${someOfRoute(route, ofJob, Prisma.sql`(j.labels || h.labels)`)})
       ORDER BY j.ended_at, j.job_id`;
    return rows.map(({ jobId, name, outcome, endedMs, total, reasons, hosts }) => {
      const failed = (reasons ?? []).reduce((sum, { runs }) => sum + runs, 0);
      const named = name === null ? `job ${jobId.slice(-12)}` : `job “${name}”`;
      const what = outcome === 'failed' ? `all ${counted(total, 'run')}` : `${failed} of ${counted(total, 'run')}`;
      const lines = (reasons ?? [])
        .slice(0, mostReasons)
        .map(({ code, runs }) => `${counted(runs, 'run')}: ${code ?? 'no reason is known'}`);
      return {
        ...{ key: jobId, group: jobId, begins: true, sinceMs: endedMs, hosts: hosts ?? [] },
        title: `${named} ${outcome === 'failed' ? 'failed' : 'ended in part'}: ${what} gave no result, on ${counted((hosts ?? []).length, 'host')}`,
        lines,
        page: `/#/jobs/${jobId}`,
      };
    });
  },
  title: (items) => items[0]?.title ?? '',
};

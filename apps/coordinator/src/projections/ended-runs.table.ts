import { Prisma, type Transaction } from '#event-store';
import { heeding } from './heeding.js';
import { operational } from './operational.js';
import { rollUpPace } from './paces.js';
import type { Projection } from './projection.js';

/**
 * Runs that ended in the hour of a `place`. Here and below, OFFSET has PostgreSQL go place by place: left to itself it joins by provenance,
 * and reads all runs there are.
 */
const runsOfHour = Prisma.raw(`
  LATERAL (SELECT * FROM runs WHERE ended_at >= place.hour AND ended_at < place.hour + interval '1 hour' AND provenance = place.provenance OFFSET 0) AS run`);
const hoursOf = (places: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT DISTINCT provenance, hour FROM (${places}) AS place`;
const spansOf = (places: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT DISTINCT provenance, 'hour' AS span, hour AS begins, hour + interval '1 hour' AS ends FROM (${places}) AS place
  UNION
  SELECT provenance, 'day', date_trunc('day', hour, 'UTC'), date_trunc('day', hour, 'UTC') + interval '24 hours' FROM (${places}) AS place`;
const monthsOf = (places: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT DISTINCT provenance, date_trunc('month', hour, 'UTC') AS month, host_id FROM (${places}) AS place`;

const insertEnded = (places: Prisma.Sql): Prisma.Sql => Prisma.sql`
  INSERT INTO ended_runs (provenance, hour, state, reason, runs, faults, samples, lost)
    SELECT run.provenance, place.hour, run.state,
           CASE run.state WHEN 'completed' THEN '' ELSE coalesce(run.failure ->> 'code', 'no reason given') END,
           count(*), sum(run.faults), sum(run.samples), sum(run.lost)
      FROM (${hoursOf(places)}) AS place CROSS JOIN ${runsOfHour}
     GROUP BY 1, 2, 3, 4`;

const insertLost = (places: Prisma.Sql): Prisma.Sql => Prisma.sql`
  INSERT INTO lost_samples (provenance, hour, reason, samples)
    SELECT run.provenance, place.hour, gap.reason, sum(gap.lost_samples)
      FROM (${hoursOf(places)}) AS place CROSS JOIN ${runsOfHour}
     CROSS JOIN LATERAL (SELECT * FROM run_gaps WHERE run_id = run.run_id AND attempt = run.attempt OFFSET 0) AS gap
     GROUP BY 1, 2, 3`;

/** Each span by itself: grouped together, all waits would be sorted by span before they are by length. Of 300,000 in a day 0.4 s, not 1. */
const insertWaits = (places: Prisma.Sql): Prisma.Sql => Prisma.sql`
  INSERT INTO queue_waits (provenance, span, begins, runs, median_s, p95_s)
    SELECT place.provenance, place.span, place.begins, waits.*
      FROM (${spansOf(places)}) AS place
     CROSS JOIN LATERAL (
       SELECT count(*) AS runs, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds)
         FROM (SELECT extract(epoch FROM started_at - queued_at)::float8 AS seconds FROM runs
                WHERE ended_at >= place.begins AND ended_at < place.ends AND provenance = place.provenance AND started_at >= queued_at) AS run
       ) AS waits
     WHERE waits.runs > 0`;

const insertHosts = (places: Prisma.Sql): Prisma.Sql => Prisma.sql`
  WITH days AS (
    SELECT place.provenance, place.month, place.host_id, extract(day FROM run.ended_at AT TIME ZONE 'UTC')::integer AS day, count(*)::integer AS runs
      FROM (${monthsOf(places)}) AS place
     CROSS JOIN LATERAL (SELECT * FROM runs WHERE host_id = place.host_id AND ended_at >= place.month AND ended_at < place.month + interval '744 hours' OFFSET 0) AS run
     WHERE run.state = 'completed' AND run.provenance = place.provenance AND date_trunc('month', run.ended_at, 'UTC') = place.month
     GROUP BY 1, 2, 3, 4),
       hosts AS (SELECT provenance, month, host_id, sum(runs) AS completed FROM days GROUP BY 1, 2, 3)
  INSERT INTO host_runs (provenance, month, host_id, completed, by_day)
    SELECT provenance, month, host_id, completed, array_agg(coalesce(runs, 0) ORDER BY day)
      FROM hosts CROSS JOIN generate_series(1, 31) AS day LEFT JOIN days USING (provenance, month, host_id, day)
     GROUP BY 1, 2, 3, 4`;

/**
 * The rows of the hours, days and months that `places` lie in, a statement for each table.
 *
 * @param places a query of hours with ended runs: provenance, hour, host_id
 */
export const insertEndings = (places: Prisma.Sql): Prisma.Sql[] =>
  [insertEnded, insertLost, insertWaits, insertHosts].map((insert) => insert(places));

/** A run that was put back has no end. */
const placesOf = (runIds: readonly string[]): Prisma.Sql => Prisma.sql`
  SELECT DISTINCT provenance, date_trunc('hour', ended_at, 'UTC') AS hour, host_id FROM runs
   WHERE run_id = ANY(${[...runIds]}::uuid[]) AND ended_at IS NOT NULL AND provenance IS NOT NULL`;

async function remove(tx: Transaction, places: Prisma.Sql): Promise<void> {
  for (const table of ['ended_runs', 'lost_samples'])
    await tx.$executeRaw`
      DELETE FROM ${Prisma.raw(table)} AS old USING (${hoursOf(places)}) AS place
       WHERE old.provenance = place.provenance AND old.hour = place.hour`;
  await tx.$executeRaw`
    DELETE FROM queue_waits AS old USING (${spansOf(places)}) AS place
     WHERE old.provenance = place.provenance AND old.span = place.span AND old.begins = place.begins`;
  await tx.$executeRaw`
    DELETE FROM host_runs AS old USING (${monthsOf(places)}) AS place
     WHERE old.provenance = place.provenance AND old.month = place.month AND old.host_id = place.host_id`;
}

/** How runs ended, by the hour, and what they waited for; see the migration `ended_runs`. What has news is computed from all of its runs. */
export const endedRuns: Projection = {
  name: 'ended_runs',
  version: 1,
  tables: ['ended_runs', 'lost_samples', 'queue_waits', 'host_runs'],
  reads: operational,
  ...heeding(['RunCompleted', 'RunFailed', 'RunAbandoned', 'RunRederived'], async (tx, events) => {
    if (events.length === 0) return;
    const places = placesOf([...new Set(events.map(({ data }) => data.runId))]);
    await remove(tx, places);
    for (const insert of insertEndings(places)) await tx.$executeRaw(insert);
  }),
  batchSize: 5_000,
  ...rollUpPace,
};

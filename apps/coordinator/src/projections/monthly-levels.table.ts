import { Prisma, type Transaction } from '#event-store';

const monthsOf = (places: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT DISTINCT date_trunc('month', day, 'UTC') AS month, host_id, boot_state_hash, executor, provenance FROM (${places}) AS place`;

/**
 * The rows of the months that `places` lie in, as one statement.
 *
 * @param places a query of days and their series: day, host_id, boot_state_hash, executor, provenance
 */
export function insertLevels(places: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    WITH months AS (${monthsOf(places)}),
         days AS (
      SELECT d.*, m.month, coalesce(d.level_cycles, d.p50_cycles) AS level, nullif(coalesce(d.level_ns, d.p50_ns), 0) AS level_of_ns
        FROM months AS m
        JOIN daily_series AS d ON d.host_id = m.host_id AND d.day >= m.month AND d.day < m.month + interval '744 hours'
                              AND date_trunc('month', d.day, 'UTC') = m.month AND d.boot_state_hash = m.boot_state_hash
                              AND d.executor = m.executor AND d.provenance = m.provenance)
    INSERT INTO monthly_levels (provenance, probe, metric, month, host_id, boot_state_hash, executor, first_day, last_day, days, clock_days,
                                runs, samples, day_logs, run_logs, run_logs_ns, level_cycles, p50_ns, cycles_per_ns, run_sd)
      SELECT provenance, probe, metric, month, host_id, boot_state_hash, executor, min(day), max(day), count(*), count(p50_ns),
             sum(runs), sum(samples),
             sum(ln(level) ORDER BY day), sum(runs * ln(level) ORDER BY day), sum(runs * ln(level_of_ns) ORDER BY day),
             percentile_cont(0.5) WITHIN GROUP (ORDER BY level),
             CASE WHEN count(*) = count(p50_ns) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_ns) END,
             avg(p50_cycles / nullif(p50_ns, 0) ORDER BY day),
             percentile_cont(0.5) WITHIN GROUP (ORDER BY run_sd)
        FROM days
       WHERE level > 0
       GROUP BY provenance, probe, metric, month, host_id, boot_state_hash, executor`;
}

/** Makes the months anew that `places` lie in, from the days that `daily_series` has of them now. */
export async function foldLevels(tx: Transaction, places: Prisma.Sql): Promise<void> {
  await tx.$executeRaw`
    WITH months AS (${monthsOf(places)})
    DELETE FROM monthly_levels AS old USING months AS m
     WHERE old.host_id = m.host_id AND old.month = m.month AND old.boot_state_hash = m.boot_state_hash
       AND old.executor = m.executor AND old.provenance = m.provenance`;
  await tx.$executeRaw(insertLevels(places));
}

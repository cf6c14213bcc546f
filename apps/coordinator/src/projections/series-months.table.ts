import { Prisma, type Transaction } from '#event-store';

/**
 * Makes the months anew that `places` lie in, from the days that `daily_series` has of them now.
 *
 * @param places a query of days and their series: day, host_id, boot_state_hash, executor, provenance
 */
export async function foldMonths(tx: Transaction, places: Prisma.Sql): Promise<void> {
  const months = Prisma.sql`
    SELECT DISTINCT date_trunc('month', day, 'UTC') AS month, host_id, boot_state_hash, executor, provenance FROM (${places}) AS place`;
  await tx.$executeRaw`
    WITH months AS (${months})
    DELETE FROM series_months AS old USING months AS m
     WHERE old.host_id = m.host_id AND old.month = m.month AND old.boot_state_hash = m.boot_state_hash
       AND old.executor = m.executor AND old.provenance = m.provenance`;
  // No month has more hours than 31 days; those of the next are left out by the second condition.
  await tx.$executeRaw`
    WITH months AS (${months})
    INSERT INTO series_months (probe, metric, month, host_id, boot_state_hash, executor, provenance, days, medians, quartiles)
      SELECT d.probe, d.metric, m.month, m.host_id, m.boot_state_hash, m.executor, m.provenance,
             bit_or(1 << (extract(day FROM d.day AT TIME ZONE 'UTC')::integer - 1)),
             string_agg(int4send(d.runs) || float8send(d.p50_cycles) || float8send(coalesce(d.p50_ns, 'NaN')), '' ORDER BY d.day),
             string_agg(float8send(d.q1_cycles) || float8send(d.q3_cycles) || float8send(coalesce(d.q1_ns, 'NaN'))
                          || float8send(coalesce(d.q3_ns, 'NaN')), '' ORDER BY d.day)
        FROM months AS m
        JOIN daily_series AS d ON d.host_id = m.host_id AND d.day >= m.month AND d.day < m.month + interval '744 hours'
                              AND date_trunc('month', d.day, 'UTC') = m.month AND d.boot_state_hash = m.boot_state_hash
                              AND d.executor = m.executor AND d.provenance = m.provenance
       GROUP BY d.probe, d.metric, m.month, m.host_id, m.boot_state_hash, m.executor, m.provenance`;
}

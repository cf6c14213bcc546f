import type { Metric, Probe, Provenance } from '#contracts';
import { Prisma, type PrismaClient, type Transaction } from '#event-store';

/** What hosts are grouped by, as SQL over daily_series joined with boot_states. */
const groups = {
  fleet: Prisma.sql`''`,
  host: Prisma.sql`host_id`,
  generation: Prisma.sql`boot_state #>> '{cpu,generation}'`,
  'kernel-release': Prisma.sql`boot_state ->> 'kernelRelease'`,
} as const;
export type DailyGroup = keyof typeof groups;

export interface DailyGroupQuery {
  probe: Probe;
  metric: Metric;
  provenance: Provenance;
  /** First day (UTC), and the one after the last. */
  from: Date;
  until: Date;
  by: DailyGroup;
}

export interface DailyGroupMedian {
  day: Date;
  group: string;
  hosts: number;
  runs: number;
  /** Median of the hosts' medians and their quartiles, TSC cycles. */
  q1Cycles: number;
  p50Cycles: number;
  q3Cycles: number;
  /** The same in nanoseconds; null when the TSC rate of a host is not known. */
  p50Ns: number | null;
}

/**
 * A group's median day by day. Every host weighs the same, however many runs it has: a host gives the median of its
 * day's series (one for each boot state and executor), and the group's figures are quartiles over its hosts.
 */
export async function dailyGroupMedians(
  db: PrismaClient | Transaction,
  { probe, metric, provenance, from, until, by }: DailyGroupQuery,
): Promise<DailyGroupMedian[]> {
  return db.$queryRaw<DailyGroupMedian[]>`
    WITH hosts AS (
      SELECT day, ${groups[by]} AS "group", sum(runs) AS runs,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_cycles) AS cycles,
             CASE WHEN bool_and(p50_ns IS NOT NULL) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_ns) END AS ns
        FROM daily_series JOIN boot_states USING (boot_state_hash)
       WHERE probe = ${probe} AND metric = ${metric} AND provenance = ${provenance}
         AND day >= ${from}::timestamptz AND day < ${until}::timestamptz
       GROUP BY day, "group", host_id
    )
    SELECT day, "group", count(*)::integer AS hosts, sum(runs)::integer AS runs,
           percentile_cont(0.25) WITHIN GROUP (ORDER BY cycles) AS "q1Cycles",
           percentile_cont(0.5) WITHIN GROUP (ORDER BY cycles) AS "p50Cycles",
           percentile_cont(0.75) WITHIN GROUP (ORDER BY cycles) AS "q3Cycles",
           CASE WHEN bool_and(ns IS NOT NULL) THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY ns) END AS "p50Ns"
      FROM hosts GROUP BY day, "group" ORDER BY day, "group"`;
}

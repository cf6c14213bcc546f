import { type ExecutorName, isBootField, type Metric, type Probe, type Provenance } from '#contracts';
import { Prisma, type PrismaClient, type Transaction } from '#event-store';

/** What hosts are grouped by, as SQL over daily_series joined with boot_states. */
const groups = {
  fleet: Prisma.sql`''`,
  host: Prisma.sql`host_id`,
  generation: Prisma.sql`boot_state #>> '{cpu,generation}'`,
  'kernel-release': Prisma.sql`boot_state ->> 'kernelRelease'`,
} as const;
/** Any fact of the boot state by its name in selectors (`microcode`, `mitigation.mds`), besides these. */
export type DailyGroup = keyof typeof groups | { bootField: string };

function groupOf(by: DailyGroup): Prisma.Sql {
  if (typeof by === 'string') return groups[by];
  if (!isBootField(by.bootField)) throw new RangeError(`no such fact of a boot state: ${by.bootField}`);
  return Prisma.sql`coalesce(fields ->> ${by.bootField}, 'unknown')`;
}

export interface DailyGroupQuery {
  probe: Probe;
  metric: Metric;
  provenance: Provenance;
  executor: ExecutorName;
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
  /** Median of the hosts' medians and their quartiles, ns: cycles of different clocks are not the same length. */
  q1Ns: number;
  p50Ns: number;
  q3Ns: number;
}

/**
 * A group's median day by day. Every host weighs the same, however many runs it has: a host gives the median of its
 * day's segments (one for each boot state), and the group's figures are quartiles over its hosts. Hosts whose TSC rate is
 * not known are left out.
 */
export async function dailyGroupMedians(
  db: PrismaClient | Transaction,
  { probe, metric, provenance, executor, from, until, by }: DailyGroupQuery,
): Promise<DailyGroupMedian[]> {
  return db.$queryRaw<DailyGroupMedian[]>`
    WITH hosts AS (
      SELECT day, ${groupOf(by)} AS "group", sum(runs) AS runs, percentile_cont(0.5) WITHIN GROUP (ORDER BY p50_ns) AS ns
        FROM daily_series JOIN boot_states USING (boot_state_hash)
       WHERE probe = ${probe} AND metric = ${metric} AND provenance = ${provenance} AND executor = ${executor}
         AND day >= ${from}::timestamptz AND day < ${until}::timestamptz AND p50_ns IS NOT NULL
       GROUP BY day, "group", host_id
    )
    SELECT day, "group", count(*)::integer AS hosts, sum(runs)::integer AS runs,
           percentile_cont(0.25) WITHIN GROUP (ORDER BY ns) AS "q1Ns",
           percentile_cont(0.5) WITHIN GROUP (ORDER BY ns) AS "p50Ns",
           percentile_cont(0.75) WITHIN GROUP (ORDER BY ns) AS "q3Ns"
      FROM hosts GROUP BY day, "group" ORDER BY day, "group"`;
}

import type { FindingDetail, FindingView } from '#contracts';
import type { PrismaClient } from '#event-store';
import { shownHosts, shownSpan } from './finding-questions.js';

interface Row {
  hostId: string;
  day: string;
  bootStateHash: string;
  levelNs: number | null;
  medianNs: number | null;
  levelCycles: number | null;
  medianCycles: number | null;
}

/** The days of a finding's first hosts about the change, in the levels that looks judge them by: ns where all days of a host have them. */
export async function levelsOf(db: PrismaClient, view: FindingView): Promise<FindingDetail['levels']> {
  const { hosts, probe, metric, executor, provenance } = view;
  const { since, until } = shownSpan(view);
  const rows = await db.$queryRaw<Row[]>`
    SELECT host_id AS "hostId", to_char(day AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, boot_state_hash AS "bootStateHash",
           coalesce(level_ns, p50_ns) AS "levelNs", p50_ns AS "medianNs",
           coalesce(level_cycles, p50_cycles) AS "levelCycles", p50_cycles AS "medianCycles"
      FROM daily_series
     WHERE host_id = ANY(${hosts.slice(0, shownHosts)}::text[]) AND probe = ${probe} AND metric = ${metric}
       AND executor = ${executor} AND provenance = ${provenance}
       AND day >= ${since}::timestamptz AND day < ${until}::timestamptz
     ORDER BY host_id COLLATE "C", daily_series.day, boot_state_hash COLLATE "C"`;
  const byHost = new Map<string, Row[]>();
  for (const row of rows) byHost.set(row.hostId, [...(byHost.get(row.hostId) ?? []), row]);
  return [...byHost].map(([hostId, own]) => {
    const unit = own.every(({ levelNs, medianNs }) => levelNs !== null && medianNs !== null) ? 'ns' : 'cycles';
    const days = own.flatMap(({ day, bootStateHash, levelNs, medianNs, levelCycles, medianCycles }) => {
      const [level, median] = unit === 'ns' ? [levelNs, medianNs] : [levelCycles, medianCycles];
      return level === null || median === null ? [] : [{ day, bootStateHash, level, median }];
    });
    return { hostId, unit, days };
  });
}

import type { Metric, Probe } from '#contracts';
import type { PrismaClient } from '#event-store';
import type { SegmentDays } from '#stats';
import type { Line } from '../trends/borders.js';

const dayMs = 86_400_000;

/** The levels of a line's days in one metric, cut where the boot state changes. */
export interface WatchedSeries extends Line {
  probe: Probe;
  metric: Metric;
  segments: (SegmentDays & { bootStateHash: string; inNs: boolean })[];
  /** Days with one boot state and a known scatter of their runs, whatever the boot state. */
  spread: { bootStateHash: string; day: number; runSd: number }[];
}

/** A segment as the database gives it; 0 and −1 stand for what is not known. */
interface SegmentRow extends Line {
  probe: Probe;
  metric: Metric;
  bootStateHash: string;
  /** Whole days since 1970, in order. */
  days: number[];
  ns: number[];
  cycles: number[];
  runSds: number[];
}

/** In the unit that all days of a segment have; a level of nothing is none. */
function segmentOf({ bootStateHash, days, ns, cycles }: SegmentRow): WatchedSeries['segments'][number] {
  const inNs = ns.every((level) => level > 0);
  const levels = inNs ? ns : cycles;
  const known = days.map((_, i) => i).filter((i) => (levels[i] ?? 0) > 0);
  const of = (values: readonly number[]): number[] => known.map((i) => values[i] ?? 0);
  return { bootStateHash, days: of(days), levels: of(levels), inNs };
}

/** @param rows the segments of one series */
export function watchedSeries(rows: readonly [SegmentRow, ...SegmentRow[]]): WatchedSeries {
  const [{ hostId, executor, provenance, probe, metric }] = rows;
  const onDay = new Map<number, number>();
  for (const { days } of rows) for (const day of days) onDay.set(day, (onDay.get(day) ?? 0) + 1);
  const spread = rows
    .flatMap(({ bootStateHash, days, runSds }) =>
      days.map((day, i) => ({ bootStateHash, day, runSd: runSds[i] ?? -1 })),
    )
    .filter(({ day, runSd }) => runSd >= 0 && onDay.get(day) === 1)
    .sort((a, b) => a.day - b.day);
  return { hostId, executor, provenance, probe, metric, segments: rows.map(segmentOf), spread };
}

const seriesKey = ({ hostId, executor, provenance, probe, metric }: SegmentRow): string =>
  JSON.stringify([hostId, executor, provenance, probe, metric]);

/** Hosts that are read at once: a year of them is some 10 MB. */
const hostsAtOnce = 250;

/** Every series of the fleet with its days in a span, some hosts at a time. */
export async function* watchFleet(db: PrismaClient, fromMs: number, toMs: number): AsyncGenerator<WatchedSeries[]> {
  const [from, to] = [new Date(Math.floor(fromMs / dayMs) * dayMs), new Date(toMs)];
  const hosts = await db.$queryRaw<{ hostId: string }[]>`
    SELECT DISTINCT host_id AS "hostId" FROM segments
     WHERE last_ended_at >= ${from} AND first_ended_at < ${to} ORDER BY 1`;
  for (let at = 0; at < hosts.length; at += hostsAtOnce) {
    const some = hosts.slice(at, at + hostsAtOnce).map(({ hostId }) => hostId);
    const rows = await db.$queryRaw<SegmentRow[]>`
      SELECT host_id AS "hostId", executor, provenance, probe, metric, boot_state_hash AS "bootStateHash",
             array_agg((extract(epoch FROM day) / 86400)::integer ORDER BY day) AS days,
             array_agg(coalesce(level_ns, p50_ns, 0) ORDER BY day) AS ns,
             array_agg(coalesce(level_cycles, p50_cycles, 0) ORDER BY day) AS cycles,
             array_agg(coalesce(run_sd, -1) ORDER BY day) AS "runSds"
        FROM daily_series WHERE host_id = ANY(${some}::text[]) AND day >= ${from} AND day < ${to}
       GROUP BY host_id, executor, provenance, probe, metric, boot_state_hash
       ORDER BY host_id, executor, provenance, probe, metric, min(day), boot_state_hash`;
    const series = new Map<string, [SegmentRow, ...SegmentRow[]]>();
    for (const row of rows) {
      const own = series.get(seriesKey(row));
      if (own === undefined) series.set(seriesKey(row), [row]);
      else own.push(row);
    }
    yield [...series.values()].map(watchedSeries);
  }
}

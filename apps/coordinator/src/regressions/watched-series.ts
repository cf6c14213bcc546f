import { parseRunSelector, type RegressionsQuery } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { lookDays, type SegmentDays } from '#stats';
import { refused } from '../problems/problem.js';
import { subjectFilter } from '../selectors/subject-filter.js';
import { byLine, type Line } from '../trends/borders.js';

const dayMs = 86_400_000;

/** Series that one question looks at. A look back over a year takes some 6 ms a series (`npm run bench:regressions`). */
export const mostSeries = 1_000;

export interface DayRow extends Line {
  bootStateHash: string;
  /** Whole days since 1970. */
  day: number;
  levelNs: number | null;
  levelCycles: number | null;
  runSd: number | null;
}

/** A line of runs with its days, cut where the boot state changes. */
export interface WatchedSeries extends Line {
  segments: (SegmentDays & { bootStateHash: string })[];
  /** Days with one boot state and a known scatter of their runs, whatever the boot state. */
  spread: { bootStateHash: string; day: number; runSd: number }[];
}

/** The hosts of a question as a condition on `segments s`. @throws ProblemError (422) for a term that only single runs have */
export function chosenHosts({ selector }: Pick<RegressionsQuery, 'selector'>): Prisma.Sql {
  const { terms } = parseRunSelector(selector, Date.now());
  const ofRuns = terms.find(({ key }) => ['job', 'run', 'executor'].includes(key) || key.startsWith('annotation.'));
  if (ofRuns !== undefined) {
    throw refused({
      field: 'selector',
      message: `${ofRuns.key} chooses single runs, and a change is one of hosts`,
      remedy: 'choose hosts by their labels and boot states',
    });
  }
  return subjectFilter(terms, Prisma.sql`s.labels`, Prisma.sql`s.boot_state_hash`);
}

/** In the unit that all days of a segment have; a level of nothing is none. */
function segmentOf(bootStateHash: string, rows: readonly DayRow[]): WatchedSeries['segments'][number] {
  const inNs = rows.every(({ levelNs }) => levelNs !== null);
  const days = rows.flatMap(({ day, levelNs, levelCycles }) => {
    const level = inNs ? levelNs : levelCycles;
    return level !== null && level > 0 ? [{ day, level }] : [];
  });
  return { bootStateHash, days: days.map(({ day }) => day), levels: days.map(({ level }) => level) };
}

/** @param rows of one line, in order of time */
export function watchedSeries(rows: readonly [DayRow, ...DayRow[]]): WatchedSeries {
  const [{ hostId, executor, provenance }] = rows;
  const [byHash, byDay] = [new Map<string, DayRow[]>(), new Map<number, DayRow[]>()];
  for (const row of rows) {
    byHash.set(row.bootStateHash, [...(byHash.get(row.bootStateHash) ?? []), row]);
    byDay.set(row.day, [...(byDay.get(row.day) ?? []), row]);
  }
  const spread = [...byDay].flatMap(([day, [row, ...others]]) =>
    row === undefined || row.runSd === null || others.length > 0
      ? []
      : [{ bootStateHash: row.bootStateHash, day, runSd: row.runSd }],
  );
  return { hostId, executor, provenance, segments: [...byHash].map(([hash, own]) => segmentOf(hash, own)), spread };
}

/**
 * The days of the chosen hosts from 100 days before the span on, so that what changed in its beginning has a level before.
 *
 * @throws ProblemError (422) where that is more series than one question looks at
 */
export async function loadWatched(db: PrismaClient, query: RegressionsQuery): Promise<WatchedSeries[]> {
  const { probe, metric, sinceMs, untilMs } = query;
  const [from, to] = [new Date(sinceMs - lookDays * dayMs).toISOString(), new Date(untilMs).toISOString()];
  const lines = await db.$queryRaw<Line[]>`
    SELECT DISTINCT s.host_id AS "hostId", s.executor, s.provenance FROM segments s JOIN boot_states b USING (boot_state_hash)
     WHERE ${chosenHosts(query)} AND s.last_ended_at >= ${from}::timestamptz AND s.first_ended_at < ${to}::timestamptz
     LIMIT ${mostSeries + 1}`;
  if (lines.length > mostSeries) {
    throw refused({
      field: 'selector',
      message: `it chooses more than ${mostSeries.toLocaleString('en-US')} series, which is as many as one question looks at`,
      remedy: 'choose fewer hosts: one generation, one rack',
    });
  }
  const of = (name: keyof Line): string[] => lines.map((line) => line[name]);
  const rows = await db.$queryRaw<DayRow[]>`
    SELECT d.host_id AS "hostId", d.executor, d.provenance, d.boot_state_hash AS "bootStateHash",
           (extract(epoch FROM d.day) / 86400)::integer AS day, coalesce(d.level_ns, d.p50_ns) AS "levelNs",
           coalesce(d.level_cycles, d.p50_cycles) AS "levelCycles", d.run_sd AS "runSd"
      FROM unnest(${of('hostId')}::text[], ${of('executor')}::text[], ${of('provenance')}::text[]) AS line (host_id, executor, provenance)
      JOIN daily_series d USING (host_id, executor, provenance)
     WHERE d.probe = ${probe} AND d.metric = ${metric} AND d.day >= ${from}::timestamptz AND d.day < ${to}::timestamptz
     ORDER BY d.day`;
  return [...byLine(rows).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [watchedSeries([first, ...others])],
  );
}

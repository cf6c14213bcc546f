import { type NoiseFloor, noiseFloorSchema } from '#contracts';
import { Prisma, type PrismaClient, rowsOf } from '#event-store';
import { enoughDegrees, noiseFloor, noiseFloorSql, noiseGrade, noiseGradeSql } from '#stats';

/** A series' row of `host_noise`. */
export interface HostNoiseRow {
  hostId: string;
  executor: string;
  probe: string;
  metric: string;
  provenance: string;
  runs: number;
  boots: number;
  days: number;
  withinRunSd: number;
  runSd: number | null;
  runDegrees: number;
  bootSd: number | null;
  bootDegrees: number;
  daySd: number | null;
  dayDegrees: number;
}

/** A row's floor, and the grade where it rests on enough runs: what stands beside figures of its series. */
export function markOf(row: HostNoiseRow): Pick<NoiseFloor, 'floor' | 'grade'> {
  const floor = noiseFloor(row);
  const known = row.runDegrees + row.bootDegrees + row.dayDegrees >= enoughDegrees;
  return { floor, grade: floor === null || !known ? null : noiseGrade(floor) };
}

export type NoiseMark = ReturnType<typeof markOf>;

/**
 * The floor of a host's noisiest graded series and its grade, as a join of `n.floor` and `n.grade`; NULL where none is known.
 * One pass over all series: asking for each of 10,000 hosts by itself takes three times as long.
 *
 * @param hostId a column
 */
export const joinNoisiest = (hostId: Prisma.Sql): Prisma.Sql => Prisma.sql`
  LEFT JOIN (SELECT w.host_id, max(${Prisma.raw(noiseFloorSql('w'))}) AS floor, max(${Prisma.raw(noiseGradeSql('w'))}) AS grade
               FROM host_noise w WHERE ${Prisma.raw(noiseGradeSql('w'))} IS NOT NULL GROUP BY w.host_id) AS n ON n.host_id = ${hostId}`;

/** All that is shown of a row. */
function floorOf(row: HostNoiseRow): NoiseFloor {
  const { hostId: _hostId, runDegrees: _runs, bootDegrees: _boots, dayDegrees: _days, ...shown } = row;
  return noiseFloorSchema.parse({ ...shown, ...markOf(row) });
}

/** Of these hosts, the rows of every series, or those of one measure. */
export function hostNoiseRows(
  db: PrismaClient,
  hostIds: readonly string[],
  measure?: { probe: string; metric: string },
): Promise<HostNoiseRow[]> {
  const ofMeasure =
    measure === undefined ? Prisma.empty : Prisma.sql`AND probe = ${measure.probe} AND metric = ${measure.metric}`;
  // One parameter for all hosts: Prisma's `in` has one for each, and takes 0.3 s for ten thousand.
  const statement = Prisma.sql`
    SELECT host_id AS "hostId", executor, probe, metric, provenance, runs, boots, days, within_run_sd AS "withinRunSd",
           run_sd AS "runSd", run_degrees AS "runDegrees", boot_sd AS "bootSd", boot_degrees AS "bootDegrees",
           day_sd AS "daySd", day_degrees AS "dayDegrees"
      FROM host_noise WHERE host_id = ANY(${[...hostIds]}::text[]) ${ofMeasure}
     ORDER BY host_id, executor, probe, metric DESC, provenance`;
  return rowsOf(db, statement);
}

type Measured = Pick<HostNoiseRow, 'hostId' | 'executor' | 'probe' | 'metric' | 'provenance'>;

/** What stands beside a figure of a series; null where nothing is known of it. */
export type MarkFor = (series: Measured) => NoiseMark | null;

const keyOf = ({ hostId, executor, probe, metric, provenance }: Measured): string =>
  [hostId, executor, probe, metric, provenance].join('\n');

/** The marks of these hosts' series. */
export async function noiseMarksOf(db: PrismaClient, hostIds: readonly string[]): Promise<MarkFor> {
  const rows = await hostNoiseRows(db, hostIds);
  const marks = new Map(rows.map((row) => [keyOf(row), markOf(row)]));
  return (series) => marks.get(keyOf(series)) ?? null;
}

/** What is known of each host's noise, by host. */
export async function noiseFloorsOf(db: PrismaClient, hostIds: readonly string[]): Promise<Map<string, NoiseFloor[]>> {
  const rows = await hostNoiseRows(db, hostIds);
  const byHost = new Map<string, NoiseFloor[]>();
  for (const row of rows) {
    const own = byHost.get(row.hostId);
    if (own === undefined) byHost.set(row.hostId, [floorOf(row)]);
    else own.push(floorOf(row));
  }
  return byHost;
}

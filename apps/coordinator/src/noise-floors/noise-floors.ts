import { type NoiseFloor, noiseFloorSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { enoughDegrees, noiseFloor, noiseGrade } from '#stats';

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

/** What is shown of a row: its floor, and the grade where it rests on enough runs. */
export function floorOf({ hostId: _hostId, runDegrees, bootDegrees, dayDegrees, ...row }: HostNoiseRow): NoiseFloor {
  const floor = noiseFloor(row);
  const known = runDegrees + bootDegrees + dayDegrees >= enoughDegrees;
  return noiseFloorSchema.parse({ ...row, floor, grade: floor === null || !known ? null : noiseGrade(floor) });
}

/** Of these hosts, the rows of every series, or those of one measure. */
export function hostNoiseRows(
  db: PrismaClient,
  hostIds: readonly string[],
  measure?: { probe: string; metric: string },
): Promise<HostNoiseRow[]> {
  return db.hostNoise.findMany({
    where: { hostId: { in: [...hostIds] }, ...measure },
    orderBy: [{ hostId: 'asc' }, { executor: 'asc' }, { probe: 'asc' }, { metric: 'desc' }, { provenance: 'asc' }],
  });
}

/** What is known of each host's noise, by host. */
export async function noiseFloorsOf(db: PrismaClient, hostIds: readonly string[]): Promise<Map<string, NoiseFloor[]>> {
  const rows = await hostNoiseRows(db, hostIds);
  const byHost = new Map<string, NoiseFloor[]>();
  for (const row of rows) byHost.set(row.hostId, [...(byHost.get(row.hostId) ?? []), floorOf(row)]);
  return byHost;
}

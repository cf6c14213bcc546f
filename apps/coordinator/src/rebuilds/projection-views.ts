import type { ProjectionView } from '#contracts';
import type { PrismaClient } from '#event-store';
import { checkpointOf, type Projection } from '../projections/projection.js';
import { projections } from '../projections/projections.js';
import { lagOf } from '../read-model/lag.js';
import { dueFill, fillOf, standingOf } from '../read-model/standing.js';

/** By place in the feed, which grows with the events about evenly; counting them would read all of history. */
async function filledPercent(db: PrismaClient, projection: Projection): Promise<number> {
  const [row] = await db.$queryRaw<{ percent: number }[]>`
    SELECT least(99, floor(100 * filled.position / greatest(1, last.position)))::integer AS percent
      FROM checkpoints filled, (SELECT position FROM events ORDER BY xid DESC, position DESC LIMIT 1) AS last
     WHERE filled.subscription = ${fillOf(projection)}`;
  return row?.percent ?? 0;
}

export async function projectionView(db: PrismaClient, projection: Projection): Promise<ProjectionView> {
  const standing = await standingOf(db, projection);
  const read = projection.reads && (await standingOf(db, projection.reads));
  const filling = dueFill(projection, standing, read) !== 'nothing' || standing.fillingVersion !== null;
  const { events, oldestMs } = await lagOf(db, checkpointOf(projection));
  return {
    ...{ name: projection.name, version: standing.version, state: filling ? 'filling' : 'live' },
    filledPercent: filling ? await filledPercent(db, projection) : null,
    ...{ lagEvents: events, lagSeconds: Math.round(oldestMs / 100) / 10, swaps: standing.generation },
  };
}

export async function projectionViews(db: PrismaClient): Promise<ProjectionView[]> {
  const views: ProjectionView[] = [];
  for (const projection of projections) views.push(await projectionView(db, projection));
  return views;
}

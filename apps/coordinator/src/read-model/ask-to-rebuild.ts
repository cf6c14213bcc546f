import type { PrismaClient } from '#event-store';
import type { Projection } from '../projections/projection.js';
import { lockStanding } from './standing.js';

/** Has a projection's tables refilled from history; the coordinators do it within a second or so. */
export async function askToRebuild(db: PrismaClient, projection: Projection): Promise<void> {
  await db.$transaction(async (tx) => {
    await lockStanding(tx, projection);
    await tx.projectionStanding.update({ where: { name: projection.name }, data: { rebuildAsked: true } });
  });
}

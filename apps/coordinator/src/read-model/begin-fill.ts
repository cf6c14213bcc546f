import { feedStart, type PrismaClient, type Transaction, waitForTurn } from '#event-store';
import { checkpointOf, type Projection } from '../projections/projection.js';
import { dueFill, dueFills, fillOf, lockStanding, shadowSchemaOf, standingOf, type Standing } from './standing.js';

async function hasHistory(tx: Transaction): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ any: boolean }[]>`SELECT EXISTS (SELECT FROM events) AS any`;
  return row?.any === true;
}

/** Whether what a fill under way has filled has the shape that its tables have now: a migration may have come between. */
async function shadowFits(tx: Transaction, projection: Projection): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ fits: boolean }[]>`
    SELECT coalesce(bool_and(table_shape('public', t) IS NOT DISTINCT FROM table_shape(${shadowSchemaOf(projection)}, t)), false)
           AND EXISTS (SELECT FROM checkpoints WHERE subscription = ${fillOf(projection)}) AS fits
      FROM unnest(${[...projection.tables]}::text[]) t`;
  return row?.fits === true;
}

/** Empty shadow tables and a checkpoint before the first event. What an earlier fill left goes. */
async function begin(tx: Transaction, projection: Projection, read: Standing | undefined): Promise<void> {
  const { name, version, tables } = projection;
  // Waits for the pass of an earlier fill that may be under way.
  await tx.checkpoint.deleteMany({ where: { subscription: fillOf(projection) } });
  await tx.$executeRaw`DELETE FROM streams_to_refold WHERE subscription = ${fillOf(projection)}`;
  await tx.$queryRaw`SELECT make_shadow_tables(${name}, ${[...tables]}::text[])::text`;
  await tx.checkpoint.create({
    data: { subscription: fillOf(projection), ...feedStart, position: BigInt(feedStart.position) },
  });
  await tx.projectionStanding.update({
    where: { name },
    data: {
      ...{ fillingVersion: version, fillingReadGeneration: read?.generation ?? null },
      ...{ rebuildAsked: false, changedAt: new Date() },
    },
  });
}

/** Without history the tables are empty, as they would be filled. */
async function countAsFilled(tx: Transaction, { name, version }: Projection, read: Standing | undefined) {
  await tx.projectionStanding.update({
    where: { name },
    data: { version, readGeneration: read?.generation ?? null, rebuildAsked: false, changedAt: new Date() },
  });
}

/** Looked at before any lock: mostly nothing is due, and the turn that is waited for would be kept from the passes. */
async function isDue(db: PrismaClient, projection: Projection): Promise<boolean> {
  const { reads } = projection;
  return (await dueFills(db, reads ? [reads, projection] : [projection])).includes(projection);
}

/**
 * Begins to refill a projection where that is due, once for all coordinators.
 *
 * @returns whether a fill of this release's version is under way now.
 */
export async function beginFill(db: PrismaClient, projection: Projection): Promise<boolean> {
  if (!(await isDue(db, projection))) return false;
  return db.$transaction(async (tx) => {
    const standing = await lockStanding(tx, projection);
    // A stream that is taken up again just now must be seen by the fill or passed to it.
    await waitForTurn(tx, checkpointOf(projection.reads ?? projection));
    const read = projection.reads && (await standingOf(tx, projection.reads));
    const due = dueFill(projection, standing, read);
    if (due === 'nothing') return false;
    if (due === 'go on' && (await shadowFits(tx, projection))) return true;
    if (await hasHistory(tx)) {
      await begin(tx, projection, read);
      return true;
    }
    await countAsFilled(tx, projection, read);
    return false;
  });
}

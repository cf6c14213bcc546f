// The read model without a coordinator.
import { setImmediate as turn } from 'node:timers/promises';
import { createPrisma, type PrismaClient, type Transaction } from '#event-store';
import type { RecordedEvent } from '#contracts';
import { operational } from '../../apps/coordinator/src/projections/operational.js';
import { checkpointOf } from '../../apps/coordinator/src/projections/projection.js';
import { projections } from '../../apps/coordinator/src/projections/projections.js';
import { askToRebuild } from '../../apps/coordinator/src/read-model/ask-to-rebuild.js';
import { fillProjection } from '../../apps/coordinator/src/read-model/fill.js';
import { follow } from '../../apps/coordinator/src/read-model/follow.js';
import { lagOf } from '../../apps/coordinator/src/read-model/lag.js';
import { dueFill, standingOf } from '../../apps/coordinator/src/read-model/standing.js';
import { eventually } from '../eventually.js';

/** Every table that can be computed from the events again. */
export const readModelTables = projections.flatMap(({ tables }) => tables);

const onError = (error: unknown): void => {
  throw error;
};

/** Fills what was never filled, and applies everything that is in the store. A new subscription each time, as after a restart. */
export async function catchUp(db: PrismaClient, databaseUrl: string): Promise<void> {
  for (const projection of projections) {
    await fillProjection(projection, { db, databaseUrl });
    const subscription = follow(projection, { db, onError });
    // Other test files' transactions may hold the feed back for a moment.
    while ((await subscription.lag()).events > 0) if ((await subscription.advance()) === 0) await turn();
  }
}

/** Fills all tables again and applies everything that is in the store. */
export async function rebuild(db: PrismaClient, databaseUrl: string): Promise<void> {
  await askToRebuild(db, operational);
  await catchUp(db, databaseUrl);
}

/** Waits until a coordinator's roll-ups, which rest up to 10 s from one pass to the next, have taken in every event. */
export async function untilRolledUp(db: PrismaClient): Promise<void> {
  for (const projection of projections)
    await eventually(
      `${projection.name} has every event`,
      async () => (await lagOf(db, checkpointOf(projection))).events === 0,
      60_000,
    );
}

/** Waits until a coordinator has filled what is new or changed; the caller's own timeout ends the wait. */
export async function untilFilled(db: PrismaClient): Promise<void> {
  for (const projection of projections) {
    for (;;) {
      const read = projection.reads && (await standingOf(db, projection.reads));
      if (dueFill(projection, await standingOf(db, projection), read) === 'nothing') break;
      await turn();
    }
  }
}

/** Waits until a coordinator has passed all events with every projection: roll-ups follow up to two seconds behind. */
export async function untilFollowed(db: PrismaClient): Promise<void> {
  for (const projection of projections) {
    const { name } = projection;
    await eventually(
      `${name} has followed`,
      async () => (await follow(projection, { db, onError }).lag()).events === 0,
    );
  }
}

/** The same as `rebuild`, for a database that nobody else is connected to. */
export async function rebuildAlone(databaseUrl: string): Promise<void> {
  const db = createPrisma(databaseUrl);
  try {
    await rebuild(db, databaseUrl);
  } finally {
    await db.$disconnect();
  }
}

/** Folds events into the tables as they are, whatever the checkpoints say. */
export async function foldAll(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  for (const { fold } of projections) await fold(tx, events);
}

/** Every row of the read model as text, in a fixed order. */
export async function dumpReadModel(db: PrismaClient): Promise<Record<string, unknown>> {
  const dumped: Record<string, unknown> = {};
  for (const table of readModelTables) {
    const since = table === 'set_aside_streams' ? `- 'since'` : '';
    dumped[table] = await db.$queryRawUnsafe(`SELECT (to_jsonb(t) ${since})::text AS row FROM ${table} t ORDER BY 1`);
  }
  return dumped;
}

import { setTimeout as delay } from 'node:timers/promises';
import type { RecordedEvent } from '#contracts';
import {
  ensureCheckpoint,
  feedStart,
  Subscription,
  waitForTurn,
  type PrismaClient,
  type SubscriptionOptions,
  type Transaction,
} from '#event-store';
import { projectBootStates } from './boot-states.table.js';
import { projectHosts } from './hosts.table.js';
import { projectHourlyResults } from './hourly-results.table.js';
import { projectJobs } from './jobs.table.js';
import { projectLabelValues } from './label-values.table.js';
import { projectRunGaps } from './run-gaps.table.js';
import { projectRunResults } from './run-results.table.js';
import { projectRuns } from './runs.table.js';
import { streamsAside } from './set-aside.js';

/** Names the read model's checkpoint. */
export const readModelName = 'read-model';

/** Events of one pass, and the longest one may take: 200 runs of ten million samples each. */
const batchSize = 200;
const passTimeoutMs = 600_000;

/** Pause of a rebuild when the feed is held back. */
const heldBackMs = 20;

/** Folds events into the read model's tables, within the transaction that moves the checkpoint. */
export async function projectReadModel(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  await projectHosts(tx, events);
  await projectBootStates(tx, events);
  await projectLabelValues(tx, events);
  await projectJobs(tx, events);
  await projectRuns(tx, events);
  await projectRunGaps(tx, events);
  await projectHourlyResults(tx, await projectRunResults(tx, events));
}

export type ReadModelOptions = Pick<SubscriptionOptions, 'db' | 'onError' | 'onAdvance'>;

/** The subscription that keeps the read model; start and stop it with the coordinator. */
export function readModelSubscription(options: ReadModelOptions): Subscription {
  const handling = { name: readModelName, handle: projectReadModel, aside: streamsAside };
  return new Subscription({ ...options, ...handling, batchSize, passTimeoutMs });
}

/** What can be computed from the events again. Presence, leases and keys are not among it. */
const rebuilt = [
  'hosts',
  'jobs',
  'runs',
  'boot_states',
  'label_values',
  'run_results',
  'run_gaps',
  'hourly_results',
  'set_aside_streams',
] as const;

async function clear(db: PrismaClient): Promise<void> {
  await ensureCheckpoint(db, readModelName);
  await db.$transaction(async (tx) => {
    // So that no coordinator writes between what is cleared here.
    await waitForTurn(tx, readModelName);
    for (const table of rebuilt) await tx.$executeRawUnsafe(`DELETE FROM ${table}`);
    await tx.checkpoint.update({
      where: { subscription: readModelName },
      data: { ...feedStart, position: BigInt(feedStart.position) },
    });
  });
}

/**
 * Empties the read model and computes it again from the events; for when a projection was at fault or changed. May run
 * beside working coordinators: they see it fill up again, and their reconcilers decide on streams, not on it alone.
 *
 * @returns how many events were read.
 */
export async function rebuildReadModel(options: ReadModelOptions): Promise<number> {
  await clear(options.db);
  const subscription = readModelSubscription(options);
  let total = 0;
  // A pass also comes back empty-handed while some transaction of the cluster holds the feed back, or beside another
  // coordinator's pass; only an empty lag says that all is done.
  while ((await subscription.lag()).events > 0) {
    const applied = await subscription.advance();
    total += applied;
    if (applied === 0) await delay(heldBackMs);
  }
  return total;
}

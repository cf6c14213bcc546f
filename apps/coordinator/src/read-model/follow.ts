import { isReadable, Subscription, type StreamsAside, type SubscriptionOptions } from '#event-store';
import { checkpointOf, type Projection } from '../projections/projection.js';
import { mayFollow, standingOf } from './standing.js';

/** The longest that a pass may take: a run of ten million samples takes 3 s, and there may be many pages to write. */
const passTimeoutMs = 600_000;

/**
 * A fleet at rest is looked at once a second, beside what nudges it: a request that wrote something or waits for it
 * (ReadModelProgress), and for a projection that reads another, that one.
 */
const idleMaxMs = { ofTheFeed: 1_000, ofAnother: 10_000 };

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Of a projection that keeps no streams aside. */
const passBy: StreamsAside = {
  among: () => Promise.resolve(new Set()),
  setAside(_tx, event, error) {
    return isReadable(event) ? Promise.reject(asError(error)) : Promise.resolve();
  },
};

/** How a projection's events are folded, wherever its tables are. */
export function foldingOf({ types, fold, aside, reads, batchSize, weightOf, mostWeight }: Projection) {
  return {
    ...{ handle: fold, aside: aside ?? passBy, batchSize, passTimeoutMs },
    ...(types ? { types } : {}),
    ...(aside ? { reopen: aside.reopen } : {}),
    ...(weightOf && mostWeight !== undefined ? { weightOf, mostWeight } : {}),
    ...(reads ? { behind: checkpointOf(reads) } : {}),
  };
}

export type FollowOptions = Pick<SubscriptionOptions, 'db' | 'onError' | 'onAdvance'>;

/** The subscription that keeps a projection's tables up to date; start and stop it with the coordinator. */
export function follow(projection: Projection, options: FollowOptions): Subscription {
  return new Subscription({
    ...options,
    ...foldingOf(projection),
    name: checkpointOf(projection),
    paceMs: projection.paceMs ?? 0,
    restsPerPass: projection.restsPerPass ?? 0,
    idleMaxMs: projection.reads ? idleMaxMs.ofAnother : idleMaxMs.ofTheFeed,
    mayFold: async (tx) => mayFollow(projection.version, await standingOf(tx, projection)),
  });
}

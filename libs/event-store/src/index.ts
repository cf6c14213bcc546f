// The only writer and reader of events, and the home of the Prisma client.
export { append, appendRederivation, AppendConflictError, type NewEvent, WrongExpectedVersionError } from './append.js';
export { assertFeedInOrder, FeedOrderError } from './feed-order.js';
export { deterministicId, newId } from './ids.js';
export { createPrisma, Prisma, PrismaClient, type Transaction } from './prisma.js';
export {
  feedStart,
  readFeed,
  readSampleBatches,
  readSamples,
  readStream,
  type SamplesPlace,
  type StoredBatch,
} from './read.js';
export { sqlError } from './sql-error.js';
export { Subscription, type SubscriptionOptions } from './subscription.js';

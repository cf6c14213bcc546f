// The only writer and reader of events, and the home of the Prisma client.
export {
  append,
  appendRederivation,
  AppendConflictError,
  type NewEvent,
  observeBootStateAsWorker,
  WrongExpectedVersionError,
} from './append.js';
export { appendMany, type Decision, type Outcome } from './append-many.js';
export { appendAll } from './append-all.js';
export { appendAsWorker, appendingAsWorker } from './append-as-worker.js';
export { appendTogether } from './append-together.js';
export { assertFeedInOrder, FeedOrderError } from './feed-order.js';
export { handle, readState, UnreadableStreamError, type Handled, type Handling } from './handle.js';
export { handleMany, type Executed, type HandlingMany, type Order } from './handle-many.js';
export { deterministicId, newId } from './ids.js';
export { onDisk } from './on-disk.js';
export { createPrisma, jsonRowsOf, Prisma, PrismaClient, rowsOf, type Transaction } from './prisma.js';
export {
  feedStart,
  isAtOrPast,
  isReadable,
  readingAsWorker,
  readFeed,
  readFeedBackwards,
  readFeedOf,
  type FeedPage,
  readSampleBatches,
  readSamples,
  readSamplesOfMany,
  readStream,
  readStreamAsItIs,
  readStreamsAsTheyAre,
  type FeedEvent,
  type SamplesPlace,
  type StoredBatch,
  type UnreadableEvent,
} from './read.js';
export { fold, type Folding, type FoldMode, type StreamsAside } from './fold.js';
export { askToRefold } from './refold.js';
export { sqlError } from './sql-error.js';
export { isStreamsFault } from './streams-fault.js';
export { type Pace, restMs } from './pace.js';
export { Subscription, type SubscriptionOptions } from './subscription.js';
export { checkpointAt, ensureCheckpoint, waitForTurn } from './turn.js';
export { watchSessions, type HoldingSession } from './watch-sessions.js';
export { hashToken, newToken } from './worker-token.js';

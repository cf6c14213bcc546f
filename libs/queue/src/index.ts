// Tickets of runs on BullMQ, over PostgreSQL or Redis: one queue a host.
export { Alarms, type Alarm } from './alarms.js';
export { migrateQueue } from './migrate-queue.js';
export { openQueue, type QueueConnection, type QueueUse } from './queue-connection.js';
export { RunLanes, type RunLanesOptions } from './run-lanes.js';
export { type QueueStanding } from './queue-look.js';
export { RunQueue, type QueuedTicket } from './run-queue.js';
export { backendOf, queueName, QueueUrlError, type QueueBackendName, type QueueSettings } from './settings.js';

import * as z from 'zod';
import { hostIdSchema, uuidSchema } from './ids.js';
import { acceptedContractVersions, acceptedText } from './contract-versions.js';
import { int32Schema } from './stored.js';

/**
 * What travels through BullMQ: only which attempt of which run to try. All else is read from the run's stream,
 * because PostgreSQL owns the truth and the queue may be lost.
 */
export const runTicketSchema = z.strictObject({
  contractVersion: z.literal(acceptedContractVersions, {
    error: `this ticket was written for another contract version; this release reads versions ${acceptedText}`,
  }),
  runId: uuidSchema,
  jobId: uuidSchema,
  hostId: hostIdSchema,
  attempt: int32Schema.min(1),
  correlationId: uuidSchema,
});
export type RunTicket = z.infer<typeof runTicketSchema>;

import * as z from 'zod';
import { feedPositionSchema } from '../events/envelope.js';

/** One event as GET /v1/events gives it. */
export const eventViewSchema = z.object({
  eventId: z.uuid(),
  stream: z.string(),
  version: z.int(),
  type: z.string(),
  data: z.unknown(),
  at: feedPositionSchema,
  correlationId: z.uuid(),
  causationId: z.uuid().nullable(),
  actor: z.string(),
  /** When it happened; never after `recordedAt`. */
  occurredAt: z.iso.datetime(),
  /** When it was appended, by PostgreSQL's clock. */
  recordedAt: z.iso.datetime(),
});
export type EventView = z.infer<typeof eventViewSchema>;

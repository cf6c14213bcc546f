import * as z from 'zod';
import { bootStateSchema } from '../boot-state.js';

/**
 * A boot state was seen for the first time. Its stream (`bootStateStream`) is named by its hash and holds this one
 * event, so that however many runs name the hash, the facts are stored once.
 */
export const bootStateObservedV1 = z.object({
  /** SHA-256 of the boot state (`hashBootState`); PostgreSQL computes it again and refuses another. */
  bootStateHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 as 64 lower-case hex digits'),
  bootState: bootStateSchema,
});

/** By the kind of stream that they stand in. */
export const bootStateEvents = { 'boot-state': { BootStateObserved: bootStateObservedV1 } } as const;

import * as z from 'zod';
import { readingSchema } from '../events/run-events.js';
import { uuidSchema } from '../ids.js';
import { limits } from '../limits.js';

/** POST /v1/replays: reads the stored logs of ended runs again, a slice of them a request. */
export const replayRequestSchema = z
  .strictObject({
    /** These runs. */
    runs: z.array(uuidSchema).min(1).max(limits.runsPerReplay).optional(),
    /** Runs of an older parser that ended at this time or later. */
    since: z.iso.datetime({ offset: true }).optional(),
    /** Every run of an older parser. */
    all: z.literal(true).optional(),
    /** Shows what would change, and changes nothing. */
    dryRun: z.boolean().default(false),
    /** `nextCursor` of the slice before. */
    cursor: z.string().optional(),
  })
  .superRefine(({ runs, since, all }, context) => {
    if ([runs, since, all].filter((choice) => choice !== undefined).length === 1) return;
    context.addIssue({
      code: 'custom',
      path: ['runs'],
      message: 'name the runs by exactly one of "runs" (a list of run ids), "since" (a time) and "all" (true)',
    });
  });
export type ReplayRequest = z.infer<typeof replayRequestSchema>;
export type ReplayRequestInput = z.input<typeof replayRequestSchema>;

/**
 * - `rederived`: the new reading counts from now on (would, in a dry run).
 * - `current`: the log was read by this parser or a later one already.
 * - `not-replayed`: it can't be read again; `reason` says why, and the run stays as it is.
 */
export const replayedRunSchema = z.object({
  runId: uuidSchema,
  outcome: z.enum(['rederived', 'current', 'not-replayed']),
  reason: z.string().nullable(),
  before: readingSchema.nullable(),
  after: readingSchema.nullable(),
  /** Whether the samples or losses differ. */
  changed: z.boolean(),
});
export type ReplayedRun = z.infer<typeof replayedRunSchema>;

export const replayReplySchema = z.object({
  /** The parser that reads now. */
  parserVersion: z.int(),
  dryRun: z.boolean(),
  runs: z.array(replayedRunSchema),
  /** Runs behind this slice. */
  left: z.int(),
  /** For the next slice; null after the last. */
  nextCursor: z.string().nullable(),
});
export type ReplayReply = z.infer<typeof replayReplySchema>;

/** GET /v1/replays/outdated: how many runs an older parser read. */
export const outdatedRunsSchema = z.object({ parserVersion: z.int(), runs: z.int() });
export type OutdatedRuns = z.infer<typeof outdatedRunsSchema>;

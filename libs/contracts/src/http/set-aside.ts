import * as z from 'zod';

/** A stream that the read model goes on without, as GET /v1/set-aside-streams gives it. */
export const setAsideStreamSchema = z.object({
  stream: z.string(),
  /** The first event that could not be taken in. */
  version: z.int(),
  type: z.string(),
  reason: z.string(),
  /** The release that could not take it in. */
  release: z.string(),
  since: z.iso.datetime(),
});
export type SetAsideStream = z.infer<typeof setAsideStreamSchema>;

/** POST /v1/set-aside-streams/{stream}/retry */
export const retriedStreamSchema = z.object({
  stream: z.string(),
  /** Whether it was taken in whole; if not, it is set aside again. */
  folded: z.boolean(),
  /** How it is set aside now; null when it was taken in. */
  setAside: setAsideStreamSchema.nullable(),
});
export type RetriedStream = z.infer<typeof retriedStreamSchema>;

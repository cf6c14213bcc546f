import * as z from 'zod';

/** POST /v1/console/links: where to go to open the console without a key, on the coordinator's own address. */
export const consoleLinkSchema = z.object({
  /** Path and query, to be put behind the coordinator's URL. Good once. */
  path: z.string(),
  expiresAt: z.iso.datetime(),
});
export type ConsoleLink = z.infer<typeof consoleLinkSchema>;

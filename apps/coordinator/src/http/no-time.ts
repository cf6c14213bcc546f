import type { z } from 'zod';

/** Refuses a listing's times between which nothing can lie: an empty page would look like an answer. */
export function refuseNoTime(
  { since, until }: { since?: number | undefined; until?: number | undefined },
  context: z.RefinementCtx,
): void {
  if (since === undefined || until === undefined || since < until) return;
  context.addIssue({ code: 'custom', path: ['since'], message: 'is not before until; exchange them' });
}

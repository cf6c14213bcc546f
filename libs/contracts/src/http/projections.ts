import * as z from 'zod';

/** Some tables of the read model that move together, as GET /v1/projections gives them. */
export const projectionViewSchema = z.object({
  name: z.string(),
  /** Of the definition that filled the tables; null: not filled yet, 0: by a release that kept no versions. */
  version: z.int().nullable(),
  /** Whether this release fills them again from history; until that is done the old ones answer. */
  state: z.enum(['live', 'filling']),
  /** How much of the history is in the new tables, %; null when live. */
  filledPercent: z.int().min(0).max(100).nullable(),
  /** Committed events that the tables have not taken in, and how long the oldest of them has waited. */
  lagEvents: z.int(),
  lagSeconds: z.number(),
  /** How often the tables were swapped for newly filled ones. */
  swaps: z.int(),
});
export type ProjectionView = z.infer<typeof projectionViewSchema>;

/** GET /v1/projections */
export const projectionListSchema = z.object({ items: z.array(projectionViewSchema) });
export type ProjectionList = z.infer<typeof projectionListSchema>;

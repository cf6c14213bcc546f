import * as z from 'zod';

/** One label, or fact of boot states, with the values that hosts and runs have or had. */
export const labelViewSchema = z.object({
  name: z.string(),
  values: z
    .array(z.object({ value: z.string(), hosts: z.int().describe('hosts that have it as a label now') }))
    .describe('those of most hosts first, at most 50'),
  total: z.int().describe('values that there are'),
});
export type LabelView = z.infer<typeof labelViewSchema>;

/** GET /v1/labels: what selectors can name. */
export const labelsViewSchema = z.object({ items: z.array(labelViewSchema).describe('by name') });
export type LabelsView = z.infer<typeof labelsViewSchema>;

import * as z from 'zod';

/** RFC 9457 problem document. `field` names what was wrong with the input, `remedy` what to do about it. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().optional(),
  correlationId: z.string().optional(),
  remedy: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string(), remedy: z.string() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

import * as z from 'zod';

/** GET /v1/demo: whether the hosts of this fleet are a demo's (xf demo), which all its pages must say. */
export const demoViewSchema = z.object({ demo: z.boolean() });
export type DemoView = z.infer<typeof demoViewSchema>;

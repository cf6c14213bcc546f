import * as z from 'zod';
import { textSchema } from '../stored.js';

/** What a key may do. `admin` may all; `submit` includes `read`; `worker` may only register and beat. */
export const roleSchema = z.enum(['read', 'submit', 'admin', 'worker']);
export type Role = z.infer<typeof roleSchema>;

export const createKeySchema = z.strictObject({ name: textSchema(1, 100), role: roleSchema });
export const keyViewSchema = z.object({
  keyId: z.uuid(),
  name: z.string(),
  role: roleSchema,
  createdAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
});
/** The only time that a key's secret is shown. */
export const createdKeySchema = keyViewSchema.extend({ key: z.string() });

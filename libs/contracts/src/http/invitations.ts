import * as z from 'zod';
import { operatorLabelsSchema } from '../host.js';
import { hostIdSchema, uuidSchema, workerIdSchema } from '../ids.js';

const minutesOf = { m: 1, h: 60, d: 1_440 } as const;
const longestMin = 7 * minutesOf.d;

/** `30m`, `8h`, `7d` as whole minutes. */
const validForSchema = z
  .string()
  .regex(/^[1-9]\d{0,4}[mhd]$/, 'must be a number of minutes, hours or days; for example 30m, 8h or 7d')
  .transform((text, context) => {
    const minutes = Number(text.slice(0, -1)) * minutesOf[text.slice(-1) as keyof typeof minutesOf];
    if (minutes > longestMin) context.addIssue({ code: 'custom', message: 'must be 7d at most; invite again later' });
    return minutes;
  })
  .describe('30m, 8h, 7d');

/** POST /v1/invitations: lets one worker join. */
export const inviteSchema = z.strictObject({
  /** The only name under which it may join, also if that is known already; left out: any that is not. */
  hostId: hostIdSchema.optional(),
  labels: operatorLabelsSchema.default({}),
  validFor: validForSchema.default(60),
});
export type Invite = z.infer<typeof inviteSchema>;

/** `open` until it is used, revoked or expires. */
export const invitationStateSchema = z.enum(['open', 'used', 'revoked', 'expired']);

export const invitationViewSchema = z.object({
  invitationId: uuidSchema,
  state: invitationStateSchema,
  /** The name that it is for; null: any. Of a used one, who joined. */
  hostId: hostIdSchema.nullable(),
  labels: operatorLabelsSchema,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  usedAt: z.iso.datetime().nullable(),
  /** The key that it was exchanged for; revoking that ends the worker. */
  keyId: uuidSchema.nullable(),
});
export type InvitationView = z.infer<typeof invitationViewSchema>;

/** The only time that an invitation's token is shown. */
export const madeInvitationSchema = invitationViewSchema.extend({
  token: z.string(),
  /** The coordinator's address as workers reach it; null: as whoever asks does. */
  url: z.string().nullable(),
});
export type MadeInvitation = z.infer<typeof madeInvitationSchema>;

/** POST /v1/join: exchanges an invitation for all that a worker needs. */
export const joinSchema = z.strictObject({
  token: z
    .string()
    .regex(/^xf_join_[A-Za-z0-9_-]{43}$/, 'must be xf_join_ and 43 characters, as xf hosts invite printed it'),
  /** What the machine would be called; a name in the invitation comes first. */
  hostId: hostIdSchema,
});
export type Join = z.infer<typeof joinSchema>;

/** Shown this once. */
export const joinReplySchema = z.object({
  workerId: workerIdSchema,
  labels: operatorLabelsSchema,
  /** Of role worker. */
  key: z.string(),
  /** With a login of this worker's own. */
  databaseUrl: z.string(),
  /** Null: tickets travel over the database. */
  queueUrl: z.string().nullable(),
});
export type JoinReply = z.infer<typeof joinReplySchema>;

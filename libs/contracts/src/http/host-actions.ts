import * as z from 'zod';
import { hostActionSchema, hostReasonSchema } from '../host-state.js';
import { hostIdSchema } from '../ids.js';
import { limits } from '../limits.js';
import { selectorSchema } from '../selector.js';

/** POST /v1/host-actions: something is done to hosts, named or selected, never both. */
export const hostActionRequestSchema = z
  .strictObject({
    action: hostActionSchema,
    hosts: z.array(hostIdSchema).min(1).max(limits.hostsPerJob).optional(),
    selector: selectorSchema.optional(),
    reason: hostReasonSchema.describe('why; kept with the host’s events'),
  })
  .superRefine(({ hosts, selector }, context) => {
    if ((hosts === undefined) !== (selector === undefined)) return;
    const message = 'name the hosts by exactly one of "hosts" (a list of host ids) and "selector"';
    context.addIssue({ code: 'custom', path: [hosts === undefined ? 'hosts' : 'selector'], message });
  });
export type HostActionRequest = z.infer<typeof hostActionRequestSchema>;

export const hostActionReplySchema = z.object({
  action: hostActionSchema,
  changed: z.array(hostIdSchema).describe('hosts that it changed'),
  unchanged: z.array(hostIdSchema).describe('hosts that were so already'),
  refused: z
    .array(z.object({ hostId: hostIdSchema, message: z.string(), remedy: z.string() }))
    .describe('hosts that it can’t be done to as things stand; the others are done'),
});
export type HostActionReply = z.infer<typeof hostActionReplySchema>;

import * as z from 'zod';
import { nameSchema } from './name-schema.js';
import { selectorSchema } from './selector.js';
import { textSchema } from './stored.js';
import { webhookUrlSchema } from './webhook-url.js';

/** Names a route for ever: its stream, its messages. */
export const routeNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'must be 1 to 63 of a-z, 0-9, dot, hyphen and underscore, and begin with a letter or a digit: ops-slack, rack-7',
  );

/** What a message can be about, and whether its end is told, too. */
export const notificationCauses = {
  regression: { about: 'a change without a known cause was confirmed', ends: true },
  'known-change': { about: 'a new kernel, microcode or boot option made hosts slower', ends: false },
  'host-silent': { about: 'hosts have been silent for five minutes', ends: true },
  'job-failed': { about: 'a job ended, and runs of it gave no result', ends: false },
  noise: { about: 'hosts scatter so much (grade D) that they hide what others show', ends: true },
} as const satisfies Record<string, { about: string; ends: boolean }>;
export type NotificationCause = keyof typeof notificationCauses;
export const causeNames = Object.keys(notificationCauses) as [NotificationCause, ...NotificationCause[]];
export const notificationCauseSchema = nameSchema('cause', causeNames);

/** What the body of a message is made for. */
export const notificationFormats = {
  slack: 'an incoming webhook of Slack, or what takes the same: {text, blocks}',
  alertmanager: 'POST /api/v2/alerts of Prometheus Alertmanager',
  json: 'a program of yours: {type, timestamp, data} of Standard Webhooks',
} as const;
export type NotificationFormat = keyof typeof notificationFormats;
const formatNames = Object.keys(notificationFormats) as [NotificationFormat, ...NotificationFormat[]];
export const notificationFormatSchema = nameSchema('format', formatNames);

const routeFields = {
  format: notificationFormatSchema.describe('slack, alertmanager or json'),
  causes: z
    .array(notificationCauseSchema)
    .min(1)
    .max(causeNames.length)
    .transform((causes) => causeNames.filter((cause) => causes.includes(cause)))
    .describe('what it is told of'),
  selector: selectorSchema.describe(
    'only what concerns a host that matches; of a job that failed, its labels count too',
  ),
  groupBy: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$/, 'must be the name of a label: rack')
    .describe('hosts with the same value of this label are one message'),
};

/** What everybody may know of a route. Of its URL that is where it leads: Slack's hold a secret. */
export const routeSpecSchema = z.object({
  ...routeFields,
  origin: z.string().max(300).describe('where its URL leads, without the rest, which may hold a secret'),
});
export type RouteSpec = z.infer<typeof routeSpecSchema>;

/** PUT /v1/notification-routes/:name */
export const setRouteSchema = z.strictObject({
  url: webhookUrlSchema.optional().describe('where to; may be left out of a route that has one'),
  format: routeFields.format,
  causes: routeFields.causes.prefault([...causeNames]),
  selector: routeFields.selector.default('*'),
  groupBy: routeFields.groupBy.default('rack'),
});
export type SetRoute = z.infer<typeof setRouteSchema>;

export const routeNoteSchema = textSchema(1, 1_000);
export const routeStateSchema = z.enum(['active', 'paused', 'removed']);

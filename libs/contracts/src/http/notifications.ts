import * as z from 'zod';
import { hostIdSchema, uuidSchema } from '../ids.js';
import {
  notificationCauseSchema,
  routeNameSchema,
  routeNoteSchema,
  routeSpecSchema,
  routeStateSchema,
} from '../notification.js';
import { pageOf, pageQuerySchema } from './page.js';

/** GET /v1/notification-routes: by name. */
export const routesQuerySchema = z.strictObject({
  ...pageQuerySchema.shape,
  state: routeStateSchema.optional().describe('left out, all but removed ones'),
});
export type RoutesQuery = z.infer<typeof routesQuerySchema>;

export const routeViewSchema = z.object({
  name: routeNameSchema,
  state: routeStateSchema.describe('active, paused or removed'),
  ...routeSpecSchema.shape,
  setBy: z.string().describe('who made or changed it last'),
  setAt: z.iso.datetime().describe('when'),
  activeSince: z.iso.datetime().describe('jobs that ended before are not told'),
  paused: z
    .object({ by: z.string(), at: z.iso.datetime(), note: z.string().nullable() })
    .nullable()
    .describe('who paused it and when; null unless it is paused'),
});
export type RouteView = z.infer<typeof routeViewSchema>;
export const routesSchema = pageOf(routeViewSchema);

/** GET /v1/notification-routes/:name */
export const routeDetailSchema = routeViewSchema.extend({
  messages: z
    .object({
      waiting: z.int().describe('that were not taken yet, and are tried again'),
      delivered: z.int().describe('that were taken'),
      dead: z.int().describe('that were given up after a day'),
      dropped: z.int().describe('that waited when the route was paused or removed'),
    })
    .describe('how many of its messages are in which state'),
  history: z
    .array(z.object({ event: z.string(), at: z.iso.datetime(), by: z.string(), text: z.string() }))
    .describe('newest first, 100 at most'),
});
export type RouteDetail = z.infer<typeof routeDetailSchema>;

/** PUT /v1/notification-routes/:name and POST …/rotate */
export const routeWithSecretSchema = routeDetailSchema.extend({
  secret: z.string().nullable().describe('with which messages are signed; told when it is made, and never again'),
});
export type RouteWithSecret = z.infer<typeof routeWithSecretSchema>;

/** POST /v1/notification-routes/:name/pause */
export const pauseRouteSchema = z.strictObject({ note: routeNoteSchema.optional() });

/** `waiting`: it was not taken yet, and is tried again; `dead`: given up; `dropped`: its route was paused or removed. */
export const messageStateSchema = z.enum(['waiting', 'delivered', 'dead', 'dropped']);
export type MessageState = z.infer<typeof messageStateSchema>;

export const messageViewSchema = z.object({
  messageId: uuidSchema.describe('the same at every try: header webhook-id'),
  route: routeNameSchema.describe('the route that it is of'),
  cause: z.enum([...notificationCauseSchema.options, 'test']).describe('what it is about'),
  status: z.enum(['firing', 'resolved', 'test']).describe('whether it tells that something began, or that it is over'),
  title: z.string().describe('in one line'),
  lines: z.array(z.string()).describe('more of it'),
  hosts: z.array(hostIdSchema).describe('the first hundred'),
  madeAt: z.iso.datetime().describe('when there was something to tell'),
  state: messageStateSchema.describe('waiting, delivered, dead or dropped'),
  attempts: z.int().describe('tries so far'),
  nextAt: z.iso.datetime().nullable().describe('when it is tried next; null unless it waits'),
  endedAt: z.iso.datetime().nullable().describe('when it was delivered, given up or dropped'),
  lastStatus: z.int().nullable().describe('HTTP status of the latest try; null where none came'),
  lastError: z.string().nullable().describe('why the latest try failed, or why it was dropped'),
  replayedBy: z.string().nullable().describe('who had it sent again'),
});
export type MessageView = z.infer<typeof messageViewSchema>;

/** GET /v1/notifications: newest first. */
export const messagesQuerySchema = z.strictObject({
  ...pageQuerySchema.shape,
  route: routeNameSchema.optional().describe('only those of this route'),
  state: messageStateSchema.optional().describe('only those in this state'),
  cause: notificationCauseSchema.optional().describe('only those about this'),
});
export type MessagesQuery = z.infer<typeof messagesQuerySchema>;
export const messagesSchema = pageOf(messageViewSchema);

/** POST /v1/notifications/replay: these messages, or all of a route that were given up. */
export const replayMessagesSchema = z
  .strictObject({
    messageIds: z.array(uuidSchema).min(1).max(1_000).optional().describe('these, whatever became of them'),
    route: routeNameSchema.optional().describe('all of this route that were given up'),
  })
  .refine(({ messageIds, route }) => (messageIds === undefined) !== (route === undefined), {
    path: ['messageIds'],
    message: 'name either messages or a route',
  });
export type ReplayMessages = z.infer<typeof replayMessagesSchema>;
export const replayedMessagesSchema = z.object({
  replayed: z.array(uuidSchema).describe('that are sent again, under the id that they had'),
});
export type ReplayedMessages = z.infer<typeof replayedMessagesSchema>;

import * as z from 'zod';
import { uuidSchema } from '../ids.js';
import { routeNameSchema, routeNoteSchema, routeSpecSchema } from '../notification.js';

const name = routeNameSchema;
/** Names the row of `notification_targets` that holds URL and secrets: everybody who may read can read events. */
const targetId = uuidSchema;

/** It is so from then on: new, changed, or made again after it was removed. */
export const notificationRouteSetV1 = z.object({ name, targetId, spec: routeSpecSchema });
/** Messages are signed with another secret. */
export const notificationSecretRotatedV1 = z.object({ name, targetId });
export const notificationRoutePausedV1 = z.object({ name, note: routeNoteSchema.nullable() });
export const notificationRouteResumedV1 = z.object({ name });
export const notificationRouteRemovedV1 = z.object({ name, note: routeNoteSchema.nullable() });

/** By the kind of stream that they stand in. */
export const notificationEvents = {
  'notification-route': {
    NotificationRouteSet: notificationRouteSetV1,
    NotificationSecretRotated: notificationSecretRotatedV1,
    NotificationRoutePaused: notificationRoutePausedV1,
    NotificationRouteResumed: notificationRouteResumedV1,
    NotificationRouteRemoved: notificationRouteRemovedV1,
  },
} as const;

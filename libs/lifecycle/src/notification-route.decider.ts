import { isEventOf, type NotificationRouteEvent, notificationRouteStream, type RouteSpec } from '#contracts';
import { canonicalJson } from './boot-state-hash.js';
import type { Decider } from './decider.js';
import { Refused } from './refused.js';

/** A route of notifications as its stream tells it. */
export interface KnownRoute {
  name: string;
  spec: RouteSpec;
  /** Where its URL and secrets are kept. */
  targetId: string;
  state: 'active' | 'paused' | 'removed';
}
export type NotificationRoute = 'new' | KnownRoute;

export type NotificationRouteCommand =
  /** `targetId`: the one that it has, or another one with another URL. */
  | { type: 'set'; name: string; spec: RouteSpec; targetId: string }
  | { type: 'rotate'; targetId: string }
  | { type: 'pause'; note: string | null }
  | { type: 'resume' }
  | { type: 'remove'; note: string | null };

function set(
  { name, spec, targetId }: Extract<NotificationRouteCommand, { type: 'set' }>,
  route: NotificationRoute,
): NotificationRouteEvent[] {
  const same =
    route !== 'new' &&
    route.state !== 'removed' &&
    route.targetId === targetId &&
    canonicalJson(route.spec) === canonicalJson(spec);
  return same ? [] : [{ type: 'NotificationRouteSet', data: { name, targetId, spec } }];
}

/** @throws Refused for a route that there is not */
function decide(command: NotificationRouteCommand, route: NotificationRoute): NotificationRouteEvent[] {
  if (command.type === 'set') return set(command, route);
  if (route === 'new') throw new Refused('unknown-route', 'there is no such route');
  const { name, state } = route;
  if (command.type === 'remove')
    return state === 'removed' ? [] : [{ type: 'NotificationRouteRemoved', data: { name, note: command.note } }];
  if (state === 'removed') throw new Refused('route-removed', `route ${name} was removed`);
  switch (command.type) {
    case 'rotate':
      return [{ type: 'NotificationSecretRotated', data: { name, targetId: command.targetId } }];
    case 'pause':
      return state === 'paused' ? [] : [{ type: 'NotificationRoutePaused', data: { name, note: command.note } }];
    case 'resume':
      return state === 'active' ? [] : [{ type: 'NotificationRouteResumed', data: { name } }];
  }
}

function evolve(before: NotificationRoute, event: NotificationRouteEvent): NotificationRoute {
  if (event.type === 'NotificationRouteSet') {
    const { name, spec, targetId } = event.data;
    // Paused stays paused: somebody had a reason.
    return { name, spec, targetId, state: before !== 'new' && before.state === 'paused' ? 'paused' : 'active' };
  }
  if (before === 'new') throw new Error(`the route's stream is broken: ${event.type} before NotificationRouteSet`);
  switch (event.type) {
    case 'NotificationSecretRotated':
      return { ...before, targetId: event.data.targetId };
    case 'NotificationRoutePaused':
      return { ...before, state: 'paused' };
    case 'NotificationRouteResumed':
      return { ...before, state: 'active' };
    case 'NotificationRouteRemoved':
      return { ...before, state: 'removed' };
  }
}

export const notificationRouteDecider: Decider<NotificationRoute, NotificationRouteCommand, NotificationRouteEvent> = {
  stream: notificationRouteStream,
  initial: 'new',
  owns: (event) => isEventOf('notification-route', event),
  evolve,
  decide,
};

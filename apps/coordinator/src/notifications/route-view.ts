import type { NotificationRouteEvent, RecordedEvent, RouteView } from '#contracts';

/** A route as its events tell it, with the row that holds its URL and secrets. */
export interface ToldRoute {
  view: RouteView;
  targetId: string;
}
type Recorded = NotificationRouteEvent & Pick<RecordedEvent, 'meta'>;

/** @throws Error when the event can't follow: the stream is broken. */
export function routeAfter(before: ToldRoute | null, event: Recorded): ToldRoute {
  const { actor: by, occurredAt, recordedAt } = event.meta;
  const at = occurredAt.toISOString();
  if (event.type === 'NotificationRouteSet') {
    const { name, spec, targetId } = event.data;
    const kept = before === null || before.view.state === 'removed' ? null : before.view;
    const activeSince = kept?.activeSince ?? recordedAt.toISOString();
    const paused = kept?.paused ?? null;
    const state = paused === null ? 'active' : 'paused';
    return { targetId, view: { name, state, ...spec, setBy: by, setAt: at, activeSince, paused } };
  }
  if (before === null) throw new Error(`the route's stream is broken: ${event.type} before NotificationRouteSet`);
  const { view } = before;
  switch (event.type) {
    case 'NotificationSecretRotated':
      return { ...before, targetId: event.data.targetId };
    case 'NotificationRoutePaused':
      return { ...before, view: { ...view, state: 'paused', paused: { by, at, note: event.data.note } } };
    case 'NotificationRouteResumed':
      return { ...before, view: { ...view, state: 'active', activeSince: recordedAt.toISOString(), paused: null } };
    case 'NotificationRouteRemoved':
      return { ...before, view: { ...view, state: 'removed', paused: null } };
  }
}

const noted = (what: string, note: string | null): string => (note === null ? what : `${what}: ${note}`);

/** An event in one line. */
export function routeEventText(event: NotificationRouteEvent): string {
  switch (event.type) {
    case 'NotificationRouteSet': {
      const { format, causes, selector, origin } = event.data.spec;
      return `set: ${causes.join(', ')} of ${selector} to ${origin} (${format})`;
    }
    case 'NotificationSecretRotated':
      return 'the secret was rotated; the one before signs for another day';
    case 'NotificationRoutePaused':
      return noted('paused', event.data.note);
    case 'NotificationRouteResumed':
      return 'resumed';
    case 'NotificationRouteRemoved':
      return noted('removed', event.data.note);
  }
}

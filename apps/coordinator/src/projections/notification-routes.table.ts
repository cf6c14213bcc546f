import { eventTypesOf, type NotificationRouteEvent, routeViewSchema } from '#contracts';
import type { Transaction } from '#event-store';
import { routeAfter, type ToldRoute } from '../notifications/route-view.js';
import { heeding, type RecordedOf } from './heeding.js';
import type { Projection } from './projection.js';

/** Events that a row stands for already are passed over. */
async function fold(tx: Transaction, own: readonly RecordedOf<NotificationRouteEvent['type']>[]): Promise<void> {
  const names = [...new Set(own.map(({ data }) => data.name))];
  if (names.length === 0) return;
  const kept = await tx.notificationRoute.findMany({ where: { name: { in: names } } });
  const rows = new Map<string, { version: number; route: ToldRoute | null }>(
    kept.map(({ name, streamVersion, targetId, view }) => [
      name,
      { version: streamVersion, route: { targetId, view: routeViewSchema.parse(view) } },
    ]),
  );
  const changed = new Set<string>();
  for (const event of own) {
    const { name } = event.data;
    const { version, route } = rows.get(name) ?? { version: 0, route: null };
    if (event.meta.version <= version) continue;
    // Its first event is of a later release.
    if (route === null && event.type !== 'NotificationRouteSet') continue;
    rows.set(name, { version: event.meta.version, route: routeAfter(route, event) });
    changed.add(name);
  }
  await tx.notificationRoute.deleteMany({ where: { name: { in: [...changed] } } });
  await tx.notificationRoute.createMany({
    data: [...changed].flatMap((name) => {
      const { version = 0, route = null } = rows.get(name) ?? {};
      if (route === null) return [];
      const { targetId, view } = route;
      return [{ name, streamVersion: version, state: view.state, targetId, view }];
    }),
  });
}

/** Routes of notifications, a row each. */
export const notificationRoutes: Projection = {
  name: 'notification_routes',
  version: 1,
  tables: ['notification_routes'],
  ...heeding(eventTypesOf('notification-route'), fold),
  batchSize: 2_000,
};

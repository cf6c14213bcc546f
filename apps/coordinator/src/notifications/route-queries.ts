import {
  isEventOf,
  notificationRouteStream,
  type Page,
  type RouteDetail,
  routeNameSchema,
  routesSchema,
  type RoutesQuery,
  type RouteView,
} from '#contracts';
import type { PrismaClient } from '#event-store';
import { decodeCursor, encodeCursor, toPage } from '../http/cursor.js';
import { notFound } from '../problems/problem.js';
import { viewFolded } from '../view-folded.js';
import { routeAfter, routeEventText, type ToldRoute } from './route-view.js';

/** By name. */
export async function listRoutes(db: PrismaClient, query: RoutesQuery): Promise<Page<RouteView>> {
  const listing = 'notification-routes';
  const [after] = query.cursor === undefined ? [''] : decodeCursor(listing, [routeNameSchema], query.cursor);
  const rows = await db.notificationRoute.findMany({
    where: { name: { gt: after }, state: query.state ?? { not: 'removed' } },
    orderBy: { name: 'asc' },
    take: query.limit + 1,
  });
  const page = toPage(
    rows,
    query.limit,
    ({ view }) => view,
    ({ name }) => encodeCursor(listing, [name]),
  );
  return routesSchema.parse(page);
}

/** A route from its own stream, and which row holds its URL. @throws ProblemError (404) */
export async function toldRoute(db: PrismaClient, name: string): Promise<ToldRoute & Pick<RouteDetail, 'history'>> {
  const found = await viewFolded(db, notificationRouteStream(name), (events) => {
    const own = events.flatMap((event) => (isEventOf('notification-route', event) ? [event] : []));
    const route = own.reduce<ToldRoute | null>(routeAfter, null);
    const history = own
      .slice(-eventsShown)
      .reverse()
      .map((event) => ({
        ...{ event: event.type, at: event.meta.occurredAt.toISOString(), by: event.meta.actor },
        text: routeEventText(event),
      }));
    return route === null ? null : { ...route, history };
  });
  if (found === null) throw notFound('route', name, 'GET /v1/notification-routes lists the routes');
  return found;
}

const eventsShown = 100;

/** A route with its history and how its messages stand. @throws ProblemError (404) */
export async function findRoute(db: PrismaClient, name: string): Promise<RouteDetail> {
  const { view, history } = await toldRoute(db, name);
  const counts = await db.notification.groupBy({ by: ['state'], where: { route: name }, _count: true });
  const messages = { waiting: 0, delivered: 0, dead: 0, dropped: 0 };
  return {
    ...view,
    messages: { ...messages, ...Object.fromEntries(counts.map(({ state, _count }) => [state, _count])) },
    history,
  };
}

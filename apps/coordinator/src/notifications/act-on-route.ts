import { type Cause, type RouteSpec, type RouteWithSecret, type SetRoute } from '#contracts';
import { handle, type PrismaClient, readState } from '#event-store';
import { type NotificationRoute, type NotificationRouteCommand, notificationRouteDecider, Refused } from '#lifecycle';
import { conflict, notFound, refused } from '../problems/problem.js';
import { checkSelectors } from '../selectors/check-selectors.js';
import { findRoute } from './route-queries.js';
import { makeTarget, rotatedTarget, targetOf } from './targets.js';

const unknownRoute = (name: string) => notFound('route', name, 'GET /v1/notification-routes lists the routes');

const removedRoute = (name: string) =>
  conflict('route-removed', 'The route was removed', {
    ...{ field: 'name', message: `route ${name} was removed`, remedy: 'set it again to make it anew' },
  });

async function act(db: PrismaClient, name: string, command: NotificationRouteCommand, cause: Cause): Promise<void> {
  try {
    await handle(db, notificationRouteDecider, name, command, { cause });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw error.code === 'unknown-route' ? unknownRoute(name) : removedRoute(name);
  }
}

async function stateOf(db: PrismaClient, name: string): Promise<NotificationRoute> {
  return (await readState(db, notificationRouteDecider, name)).state;
}

/**
 * Where a route posts to from now on. Another URL is another target, under the same secret; only a new route gets one.
 *
 * @returns `secret`: the one that was made; null where there was one before
 */
async function targetFor(db: PrismaClient, name: string, url: string | undefined) {
  const before = await stateOf(db, name);
  const target = before === 'new' || before.state === 'removed' ? undefined : await targetOf(db, before.targetId);
  if (before === 'new' || target === undefined) {
    if (url !== undefined) return { url, ...(await makeTarget(db, name, url)) };
    throw refused({
      field: 'url',
      message: 'a new route needs one',
      remedy: 'give the URL that messages are posted to',
    });
  }
  if (url === undefined || url === target.url) return { url: target.url, targetId: before.targetId, secret: null };
  return { url, targetId: (await makeTarget(db, name, url, target.secrets[0])).targetId, secret: null };
}

/** @throws ProblemError 422 for a selector that nothing answers to, and for a new route without a URL */
export async function setRoute(db: PrismaClient, name: string, body: SetRoute, cause: Cause): Promise<RouteWithSecret> {
  const { url: asked, ...rest } = body;
  await checkSelectors(db, { selector: rest.selector });
  const { url, targetId, secret } = await targetFor(db, name, asked);
  const spec: RouteSpec = { ...rest, origin: new URL(url).origin };
  await act(db, name, { type: 'set', name, spec, targetId }, cause);
  return { ...(await findRoute(db, name)), secret };
}

/** Has messages signed with another secret, for a day beside the one before. @throws ProblemError 404, 409 */
export async function rotateSecret(db: PrismaClient, name: string, cause: Cause): Promise<RouteWithSecret> {
  const route = await stateOf(db, name);
  if (route === 'new') throw unknownRoute(name);
  const made = route.state === 'removed' ? undefined : await rotatedTarget(db, name, route.targetId);
  if (made === undefined) throw removedRoute(name);
  await act(db, name, { type: 'rotate', targetId: made.targetId }, cause);
  return { ...(await findRoute(db, name)), secret: made.secret };
}

/** Wanting it twice is the same as once. @throws ProblemError 404, 409 when it was removed */
export async function actOnRoute(
  db: PrismaClient,
  name: string,
  command: Extract<NotificationRouteCommand, { type: 'pause' | 'resume' | 'remove' }>,
  cause: Cause,
) {
  await act(db, name, command, cause);
  return findRoute(db, name);
}

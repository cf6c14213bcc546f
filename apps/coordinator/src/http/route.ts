import type { Request } from 'express';

/** The template of the route that answers a request, for example `/v1/jobs/:id`; undefined before it was found, or where none is. */
export function routeOf(request: Request): string | undefined {
  const route: unknown = request.route;
  return typeof route === 'object' && route !== null && 'path' in route ? String(route.path) : undefined;
}

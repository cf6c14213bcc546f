import type { NextFunction, Request, Response } from 'express';
import { beginSpan } from '#tracing';
import { contextOf } from './request-context.js';
import { quietPaths } from './request-log.js';
import { routeOf } from './route.js';

/** A span for each request, until its reply is done or its client has gone; what it appends are its children. */
export function traceRequests(request: Request, response: Response, next: NextFunction): void {
  const { method, path, headers } = request;
  const span = quietPaths.test(path)
    ? undefined
    : beginSpan(() => ({
        ...{ name: method, kind: 'SERVER', correlationId: contextOf(request).correlationId, headers },
        attributes: { 'http.request.method': method, 'url.path': path },
      }));
  if (span === undefined) return next();
  response.once('close', () => {
    const { statusCode } = response;
    const route = routeOf(request);
    if (route !== undefined) {
      span.rename(`${method} ${route}`);
      span.note({ 'http.route': route });
    }
    span.note({ 'http.response.status_code': statusCode });
    if (statusCode >= 500) span.fail(String(statusCode));
    span.end();
  });
  span.within(next);
}

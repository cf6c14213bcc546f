import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { actorName, contextOf } from './request-context.js';

// Asked every few seconds by supervisors, scrapers and each worker (12 MB a day for one); shown at level debug only, and not traced.
export const quietPaths = /^\/(health|metrics)\b|^\/v1\/workers\/[^/]+\/heartbeat$/;

/** One log line a request, when its reply is done or its client has gone. The query may be long and is left out. */
export function logRequests(log: Logger) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = process.hrtime.bigint();
    response.once('close', () => {
      const { correlationId, actor } = contextOf(request);
      const quiet = response.statusCode < 400 && quietPaths.test(request.path);
      const level = response.statusCode >= 500 ? 'error' : quiet ? 'debug' : 'info';
      log[level](
        {
          correlationId,
          actor: actor === null ? null : actorName(actor),
          method: request.method,
          path: request.path,
          status: response.statusCode,
          complete: response.writableFinished,
          durationMs: Number(process.hrtime.bigint() - startedAt) / 1e6,
        },
        'request',
      );
    });
    next();
  };
}
